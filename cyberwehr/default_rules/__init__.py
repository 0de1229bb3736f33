"""The rules that come with the program, as data: what to ask, what to suggest, what to tell, which limits laws set."""
