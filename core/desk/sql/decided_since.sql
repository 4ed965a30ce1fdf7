-- Standing decisions by given actions after an entry: on other leads of which it gave verdicts; and what bore on its own
-- lead, where it decided on that itself. One row per decision, the latest first.
select number, lead from journal
where number > $number and action in (select unnest($actions::varchar[]))
    and (
        ($is_decision and number in (select number from journal_leads where lead = $lead))
        or (lead <> $lead and lead in (
            select lead from verdicts where id in (select unnest($verdicts::varchar[]))
        ))
    )
    and number not in (select cast(after ->> '$.undone' as bigint) from journal where action = 'undo')
order by number desc
