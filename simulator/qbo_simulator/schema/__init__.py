"""What each entity is: fields, lengths, references and operations, as data."""
