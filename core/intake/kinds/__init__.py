"""What is done with each kind of file: which rows are refused, what the others become, whose history is covered then.

One module per kind, each with three functions over the rows of `cells.texts`:

- `judge(work, frame)`: the frame with rows refused that could never be judged later
- `bring(work, frame)`: rows of our tables, by table, of the accepted rows
- `covers(work, frame)`: per part of the CRM history, `place`, `org_key` and `is_doubtful` of the organizations told of

Called by `core.intake.imports`. Judges no lead: that is left to the criteria.
"""

from types import ModuleType

from core.intake.kinds import activities, contacts, leads, opportunities, organizations, products

BY_NAME: dict[str, ModuleType] = {
    "leads": leads, "contacts": contacts, "organizations": organizations, "activities": activities,
    "opportunities": opportunities, "products": products,
}

TABLES = {"leads": "leads", "contacts": "contacts", "organizations": "organizations", "activities": "events",
          "opportunities": "events", "products": "organization_products"}
"""Where the rows of a kind of file stand under their own ids."""
