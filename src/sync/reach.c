/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reach - may the hub be asked about somebody now? Pure: told the time.
 *
 * A question is worth 800 ms and no more. Two that fail, and none is asked
 * any more: a dead network then costs nothing but a try now and then, with
 * time enough to build up a connection, until two have gone well.
 */
#include "parts.h"

bool
reach_may_ask(const struct reach *reach, int64_t now_ms)
{
	return (!reach->link.known || reach->link.up) &&
	    now_ms >= reach->not_before_ms;
}

bool
reach_is_up(const struct reach *reach)
{
	return reach->link.known && reach->link.up;
}

int64_t
reach_try_ms(const struct reach *reach)
{
	return reach->link.known && !reach->link.up ? reach->not_before_ms : -1;
}

bool
reach_note(struct reach *reach, const struct reach_news *news, int64_t now_ms,
    uint64_t random)
{
	bool changed = link_note(&reach->link, news->good, news->down,
	    news->took_ms);

	reach->failures = news->good ? 0 : reach->failures + 1;
	reach->not_before_ms = now_ms + news->retry_after_s * 1000;
	if (reach->link.up)
		return changed;
	/* One went well: the second that proves it follows soon. */
	reach->not_before_ms = now_ms + (news->good ? REACH_AGAIN_MS :
	    REACH_AGAIN_MS + pace_backoff_ms(reach->failures,
	    news->retry_after_s, random));
	return changed;
}
