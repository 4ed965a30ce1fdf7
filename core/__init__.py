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
- `exports`: payment files and statements; pure; `accounts`: numbers of bank accounts, checked and masked
- `payees`, `statements`: how partners are paid and what they are told, as finance reads it; `moved`, `refusals`: what
  stands in a month by the evaluation, and is fixed when it closes
- `people`: who may do what; `desk`: one function per thing a person does, the only writer, with its journal
- `pieces`: work on very many rows a piece at a time, two side by side
- `log`: what is written to standard error, without personal data
- `calendar`, `model`, `currencies`: the only date arithmetic; the words and types of the trade; ISO 4217
- `conflicts`: which leads claim the same place; `partners`: what each brings and is owed; `past`: a past day
- `charts`: from frames; `inert`: the cells of downloads
- `letters`: drafts of what partners read; `hints`: what is suggested to whom judges a criterion
- `ledger`: earning lines, batches and months as pages read them, and the proof that they add up
- `work`: how people share the work on leads, as pages read it
- `in_force`: the terms as pages read them: settings by date, open questions, how leads stand on each criterion
- `pipeline`: all leads together: how far they come, where they die, how long it takes, what will be owed
- `home`: what a person finds when they come in
- `sample`: lifelike leads of any number

Arrows point one way: app and pages read `store` and `evaluation`; `evaluation` uses `facts` and `rules`;
`facts` uses `store`; `matching` uses `facts` (keys, identity) and `store`;
`rules` knows no database; nothing here imports streamlit. `tests/test_arrows.py` holds this.
"""
