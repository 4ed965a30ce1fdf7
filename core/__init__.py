"""Everything about leads that can be said without a screen.

Rooms, in the order in which data flows through them:

- `intake`: files and facts documents to checked rows
- `store`: the DuckDB file, its migrations, one statement per `.sql` file
- `terms`: the programs as dated data
- `facts`: SQL that lays every lead out as one row of facts, and the keys that identify people and organizations;
  `facts/part`: the rows that bear upon a few leads, taken out of the database and laid beside it
- `matching`: the same person, company or payee under another spelling: proposed, and answered by people
- `rules`: one module per program, one criterion per function; ownership and rivals; payouts owed
- `evaluation`: the two passes, facts in, findings and outcomes out
- `kept`: the evaluation that pages read, following every change and every moment
- `people`: who may do what; `desk`: one function per thing a person does, the only writer, with its journal
- `log`: what is written to standard error, without personal data
- `calendar`, `model`: the only date arithmetic; the words and types of the trade
- `letters`: drafts of what partners read
- `work`: how people share the work on leads, as pages read it
- `sample`: lifelike leads of any number

Arrows point one way: app and pages read `store` and `evaluation`; `evaluation` uses `facts` and `rules`;
`facts` uses `store`; `matching` uses `facts` (keys, identity) and `store`;
`rules` knows no database; nothing here imports streamlit. `tests/test_arrows.py` holds this.
"""
