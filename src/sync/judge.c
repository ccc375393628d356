/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge - what a reply means: the table of replies, and nothing else.
 *
 * Only an object of the hub's own form counts as the hub's word. A web page
 * with status 200 is a captive portal's; a status without such an object is
 * a proxy's or a stranger's, and takes no record out of the queue.
 */
#include "parts.h"

#include <string.h>

static const struct row {
	int first, last; /* status */
	bool hub;        /* the hub said it itself */
	enum judgement judgement;
	enum trouble trouble;
} rows[] = {
	{ 200, 200, true, JUDGE_TAKEN, TROUBLE_NONE },
	{ 200, 299, true, JUDGE_STOP, TROUBLE_LIE },
	{ 200, 299, false, JUDGE_STOP, TROUBLE_PORTAL },
	{ 300, 399, true, JUDGE_STOP, TROUBLE_PORTAL },
	{ 300, 399, false, JUDGE_STOP, TROUBLE_PORTAL },
	{ 401, 401, true, JUDGE_STOP, TROUBLE_OWN_CA },
	{ 401, 401, false, JUDGE_STOP, TROUBLE_DENIED },
	{ 403, 403, true, JUDGE_STOP, TROUBLE_DENIED },
	{ 403, 403, false, JUDGE_STOP, TROUBLE_DENIED },
	{ 407, 407, false, JUDGE_STOP, TROUBLE_PROXY },
	{ 408, 408, false, JUDGE_STOP, TROUBLE_TIMEOUT },
	{ 409, 409, true, JUDGE_FORK, TROUBLE_FORK },
	{ 400, 400, true, JUDGE_SPLIT, TROUBLE_NONE },
	{ 404, 404, true, JUDGE_SPLIT, TROUBLE_NONE },
	/* A proxy before the hub may have a limit of its own: halves go
	 * through, and a record is not given up for it. */
	{ 413, 413, true, JUDGE_SPLIT, TROUBLE_NONE },
	{ 413, 413, false, JUDGE_SPLIT, TROUBLE_PROXY },
	{ 422, 422, true, JUDGE_SPLIT, TROUBLE_NONE },
	{ 415, 415, true, JUDGE_PLAIN, TROUBLE_NONE },
	{ 426, 426, true, JUDGE_STOP, TROUBLE_OLD },
	{ 429, 429, true, JUDGE_STOP, TROUBLE_BUSY },
	{ 429, 429, false, JUDGE_STOP, TROUBLE_BUSY },
	{ 511, 511, false, JUDGE_STOP, TROUBLE_PORTAL },
	{ 500, 599, true, JUDGE_STOP, TROUBLE_BUSY },
	{ 500, 599, false, JUDGE_STOP, TROUBLE_BUSY },
};

static const struct row *
find_row(int status, bool hub)
{
	static const struct row other = { 0, 0, false, JUDGE_STOP,
		TROUBLE_NOT_HUB };

	for (size_t i = 0; i < nitems(rows); i++)
		if (status >= rows[i].first && status <= rows[i].last &&
		    hub == rows[i].hub)
			return &rows[i];
	return &other;
}

enum judgement
judge(const struct http_reply *raw, struct reply *reply,
    enum trouble *trouble, char detail[SYNC_WORDS_MAX])
{
	const struct row *row;

	*reply = (struct reply){ .refused = SIZE_MAX };
	snprintf(detail, SYNC_WORDS_MAX, "%s", raw->detail);
	*trouble = raw->trouble;
	if (raw->trouble != TROUBLE_NONE)
		return JUDGE_STOP;
	if (raw->json && reply_parse(raw->body, raw->len, reply, NULL) < 0)
		*reply = (struct reply){ .refused = SIZE_MAX };
	row = find_row(raw->status, reply->hub);
	*trouble = row->trouble;
	if (reply->hub && reply->error[0] != '\0')
		snprintf(detail, SYNC_WORDS_MAX, "%d %.40s: %.200s",
		    raw->status, reply->error, reply->detail);
	else if (raw->status != 200)
		snprintf(detail, SYNC_WORDS_MAX, "HTTP %d", raw->status);
	if (reply->hub && raw->status == 403 &&
	    strcmp(reply->error, "revoked") == 0)
		*trouble = TROUBLE_REVOKED;
	/* JSON that is cut, or not the hub's, is no page to log in on. */
	if (*trouble == TROUBLE_PORTAL && raw->status == 200 && raw->json)
		*trouble = TROUBLE_NOT_HUB;
	return row->judgement;
}
