-- Which language a person reads pages in: local state of this node, no view of the log. Empty until they chose one.
ALTER TABLE account ADD COLUMN language TEXT NOT NULL DEFAULT '';
