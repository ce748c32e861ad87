"""The pages a person looks at: companies, their records, and the consent pages' look."""
