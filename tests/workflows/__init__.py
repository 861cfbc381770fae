"""The forge's workflows: linted, and rehearsed step by step."""
