"""The pages a person looks at: companies, their records, the look of the consent."""
