-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a table of many posts shows besides: the rule that officers overrule.
create or replace function hub.status_page(p_page jsonb) returns jsonb
language sql immutable as $$
	select coalesce(jsonb_object_agg(key, value), '{}')
	from jsonb_each(p_page)
	where (key ~ ('^(id|name|station|version|state|findings|machine|network|'
		'pid|at|live_age_s|clock|pack|records|records_waiting|'
		'records_unanswered|last_record|oldest_waiting|record_fault|'
		'lookup_fault|outbox_fault|outbox_damaged_files|register|'
		'register_fault|register_key|seal_key|seal_secret|hub|hub_link|'
		'hub_refused|hub_success|hub_failure|'
		'(people|passed|turned_back)_(in|out)|'
		'disk_free_mb|card_worn_percent|board_mc|power_weak|'
		'battery_percent|mains|memory_free_mb|swap_disk_mb|uptime_s|'
		'updated_at|shift|overruled|verdicts_(pass|check|stop)|running_version|'
		'machine_at)$')
		or key ~ '^(lane|device|list|alarm|confined) [^[:cntrl:]]{1,60}$')
	and jsonb_typeof(value) in ('number', 'boolean', 'string')
	and length(value::text) <= 500
$$;
