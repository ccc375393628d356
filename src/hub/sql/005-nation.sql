-- SPDX-License-Identifier: GPL-3.0-or-later
-- A hub in each province, and one of the nation that gets all they hold by
-- logical replication. Posts have numbers of their province, so that those
-- of two never meet.

-- Before the first post is added: 1 to 999.
create function hub.set_province(p_province integer) returns void
language plpgsql as $$
begin
	if p_province not between 1 and 999 then
		raise exception 'a province is 1 to 999';
	end if;
	if exists (select from hub.station) then
		raise exception 'there are posts already';
	end if;
	execute format('alter table hub.station alter no restart with %s',
		p_province * 1000000 + 1);
end $$;

-- What the nation subscribes to. Records are only ever added: days that are
-- dropped here stay there. Pages of status stay in the province.
create function hub.publish() returns void
language plpgsql as $$
begin
	create publication hub_records for table hub.record
		with (publish = 'insert', publish_via_partition_root = true);
	create publication hub_state for table hub.station, hub.head,
		hub.quarantine, hub.fork, hub.gap;
end $$;
