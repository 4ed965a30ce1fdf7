-- Keep the folded names of organizations. One row per organization of `folded`.
update organizations set name_key = f.name_key from folded as f where organizations.id = f.id
