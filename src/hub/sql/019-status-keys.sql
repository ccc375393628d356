-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which names of a status page are kept is a table: a later migration adds a
-- row, and does not say all of them again.

create table hub.status_key (
	key text primary key,
	names boolean not null -- what: "lane 1", "device scanner-in"
);

insert into hub.status_key select unnest(string_to_array(
	'id name station version running_version state findings machine '
	'machine_at network pid at live_age_s clock pack records '
	'records_waiting records_unanswered last_record oldest_waiting '
	'record_fault lookup_fault outbox_fault outbox_damaged_files register '
	'register_fault register_key seal_key seal_secret hub hub_link '
	'hub_refused hub_success hub_failure people_in people_out passed_in '
	'passed_out turned_back_in turned_back_out disk_free_mb '
	'card_worn_percent board_mc power_weak battery_percent mains '
	'memory_free_mb swap_disk_mb uptime_s updated_at shift overruled '
	'verdicts_pass verdicts_check verdicts_stop', ' ')), false;
insert into hub.status_key values ('lane', true), ('device', true),
	('list', true), ('alarm', true), ('confined', true);

create or replace function hub.status_page(p_page jsonb) returns jsonb
language sql stable as $$
	select coalesce(jsonb_object_agg(p.key, p.value), '{}')
	from jsonb_each(p_page) p
	join hub.status_key k on k.key = split_part(p.key, ' ', 1)
	where p.key ~ case when k.names then '^[a-z]+ [^[:cntrl:]]{1,60}$'
		else '^[a-z_]+$' end
	and jsonb_typeof(p.value) in ('number', 'boolean', 'string')
	and length(p.value::text) <= 500
$$;
