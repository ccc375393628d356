/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simulate - records go by, opened already or sealed; out comes whose verdict
 * would be another, and how many of each. It names records, never persons.
 */
#include "simulate.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "json_lines.h"
#include "outbox.h"
#include "parts.h"

struct replay {
	struct policy *policy;
	int skipped, changed, sealed; /* sealed: to another key */
	int counts[VERDICT_STOP + 1][VERDICT_STOP + 1]; /* [was][now] */
};

/* id: as the outbox has it; NULL: the record says it. */
static int
replay_one(struct replay *replay, const char *json, size_t n, const char *id,
    struct err *err)
{
	struct judgement now;
	struct facts row;
	enum verdict was;
	char own[128], shown[128], *text;
	int found = policy_record(json, n, &row, &was, own, err);

	if (found < 0)
		return -1;
	if (found == 0) {
		replay->skipped++;
		return 0;
	}
	if (id == NULL)
		id = own;
	policy_judge(replay->policy, &row, &now);
	replay->counts[was][now.verdict]++;
	if (now.verdict == was)
		return 0;
	replay->changed++;
	text = judgement_json(&now);
	if (text == NULL)
		return err_set(err, ERR_RETRY, _("out of memory"));
	text_clean(id, strlen(id), shown, sizeof(shown));
	printf(_("%s: was %s, now %s\n"), id[0] != '\0' ? shown : "?",
	    verdict_word(was), text);
	free(text);
	return 0;
}

static void
print_counts(const struct replay *replay)
{
	printf(_("%d changed, %d without a verdict\n"), replay->changed,
	    replay->skipped);
	if (replay->sealed > 0)
		printf(_("%d sealed to another key\n"), replay->sealed);
	for (int was = VERDICT_PASS; was <= VERDICT_STOP; was++)
		printf(_("was %-6s now pass %d, check %d, stop %d\n"),
		    verdict_word((enum verdict)was), replay->counts[was][0],
		    replay->counts[was][1], replay->counts[was][2]);
}

int
simulate_lines(struct policy *policy, const char *path)
{
	static struct json_lines lines; /* large */
	struct replay replay = { .policy = policy };
	struct err err = { 0 };
	size_t n;
	int more;

	if (json_lines_open(&lines, path, POLICY_RECORD_MAX, &err) < 0)
		return command_fail(&err);
	while ((more = json_lines_next(&lines, &n, &err)) > 0 &&
	    replay_one(&replay, lines.text, n, NULL, &err) == 0)
		continue;
	json_lines_close(&lines);
	if (more != 0) {
		json_lines_within(&lines, &err);
		return command_fail(&err);
	}
	print_counts(&replay);
	return EX_OK;
}

/* ---- sealed ----------------------------------------------------------------------- */

static int
replay_sealed(struct replay *replay, const struct outbox *box,
    const struct outbox_item *item, const char *key_path, struct err *err)
{
	char id[OUTBOX_ID_MAX];
	size_t len;
	char *body;
	int result;

	outbox_id_print(outbox_station(box), item->id, id);
	body = outbox_open_item(item, key_path, &len, err);
	if (body == NULL)
		return err_within(err, "%s", id);
	result = len > POLICY_RECORD_MAX ? err_set(err, ERR_INPUT,
	    _("longer than %d bytes"), POLICY_RECORD_MAX) :
	    replay_one(replay, body, len, id, err);
	explicit_bzero(body, len);
	free(body);
	return result < 0 ? err_within(err, "%s", id) : 0;
}

static int
replay_outbox(struct replay *replay, struct outbox *box,
    const char *key_path, struct err *err)
{
	struct outbox_item item;
	char key[17];
	int64_t seq = 0, opened = 0;
	int found;

	if (seal_key_id(key_path, key, err) < 0)
		return -1;
	while ((found = outbox_next(box, seq, &item, err)) > 0) {
		seq = item.id.seq;
		if (strcmp(item.key_id, key) != 0) {
			replay->sealed++;
			continue;
		}
		opened++;
		if (replay_sealed(replay, box, &item, key_path, err) < 0)
			return -1;
	}
	if (found == 0 && opened == 0 && replay->sealed > 0)
		return err_set(err, ERR_INPUT,
		    _("%s opens none of the %d records"), key_path,
		    replay->sealed);
	return found;
}

static int
outbox_path(const char *outbox, const char *config, char path[PATH_MAX],
    struct err *err)
{
	static struct conf conf; /* large: its lanes */

	if (outbox == NULL && conf_load(config, &conf, err) < 0)
		return -1;
	if (snprintf(path, PATH_MAX, "%s%s", outbox != NULL ? outbox :
	    conf.state, outbox != NULL ? "" : "/outbox.db") >= PATH_MAX)
		return err_set(err, ERR_USAGE, _("path too long"));
	return 0;
}

int
simulate_sealed(struct policy *policy, const char *key_path,
    const char *outbox, const char *config)
{
	struct replay replay = { .policy = policy };
	struct err err = { 0 };
	struct outbox *box;
	char path[PATH_MAX];
	int result;

	if (outbox_path(outbox, config, path, &err) < 0)
		return command_fail(&err);
	box = outbox_open(path, OUTBOX_READ, NULL, NULL, &err);
	if (box == NULL)
		return command_fail(&err);
	result = replay_outbox(&replay, box, key_path, &err);
	outbox_close(box);
	if (result < 0)
		return command_fail(&err);
	print_counts(&replay);
	return EX_OK;
}
