import { useEffect } from "@odoo/owl";

/**
 * Puts the keyboard on a dialog's first button once its work is over: the button that
 * had it before has gone.
 *
 * @param {string} dialogId
 * @param {() => boolean} isOver
 */
export function useFocusWhenOver(dialogId, isOver) {
    useEffect(
        (over) => {
            if (over) {
                document.querySelector(`#${dialogId} .modal-footer button`)?.focus();
            }
        },
        () => [isOver()]
    );
}
