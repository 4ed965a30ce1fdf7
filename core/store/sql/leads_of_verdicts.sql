-- Leads that given verdicts are about. One row per verdict.
select lead from verdicts where id in ($ids)
