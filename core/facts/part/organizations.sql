-- Records of given organizations, of their parents and of their children. One row per record and way to it.
select * from organizations where org_key in ($keys)
union all
select * from organizations where id in ($parents)
union all
select * from organizations where parent in ($children_of)
