# Debian packages without root and without touching the system's package lists.
# Source it after common.sh.

# The mirror this machine uses for its own release, or nothing.
debian_mirror() {
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
        'Created-By: Packages' 2>/dev/null |
        awk -v release="$(debian_release)" \
            '$1 == release && $2 == "main" { print $3; exit }'
}

debian_release() { (. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}"); }

can_use_debian() {
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null &&
        [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] &&
        [ -n "$(debian_mirror)" ]
}

# debian_unpack SUITE DIR PACKAGE...: download packages of a suite, unpack into DIR.
debian_unpack() {
    local suite=$1 target=$2 state file
    shift 2
    state=$(mktemp -d "$RUN/tmp/apt.XXXXXX")
    mkdir -p "$state"/{lists,cache/archives}/partial "$state/packages"
    printf 'deb [signed-by=%s] %s %s main\n' \
        /usr/share/keyrings/debian-archive-keyring.gpg "$(debian_mirror)" "$suite" \
        >"$state/sources.list"
    local options=(-o "Dir::State::lists=$state/lists" -o "Dir::Cache=$state/cache"
        -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=-
        -o "APT::Sandbox::User=$(id -un)")
    apt-get "${options[@]}" update >&2 || return
    (cd "$state/packages" && apt-get "${options[@]}" download "$@" >&2) || return
    for file in "$state"/packages/*.deb; do
        say "  unpacking $(basename "$file")"
        dpkg-deb -x "$file" "$target" || return
    done
    rm -rf "$state"
}
