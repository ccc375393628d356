/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pull - the lists that the hub published, fetched piece by piece and put in
 * force. The hub only says where the next piece is; whether it counts is
 * said by its signature (chot-register(5)).
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define ASKS_MAX 20000      /* requests of one run: 10 GB of pieces */
#define LARGE_BYTES (1 << 20)

static void
stop(struct pull_result *result, enum trouble trouble, const char *detail)
{
	result->trouble = trouble;
	trouble_print(trouble, detail, result->words);
}

/* A large list is no hurry: the screen and the scanners go first. */
static void
give_way(const struct register_intake *intake)
{
	int64_t bytes, of;

	register_intake_progress(intake, &bytes, &of);
	if (of > LARGE_BYTES)
		setpriority(PRIO_PROCESS, 0, 10);
}

/* 1: go on, 0: that was all, -1: stopped. */
static int
take_pieces(struct pull *pull, struct lists_reply *lists,
    struct pull_result *result)
{
	int64_t since = register_intake_since(pull->intake), bytes, of;
	struct err err = { 0 };

	if (lists->latest < since) { /* the hub was set back */
		if (register_intake_restart(pull->intake, &err) == 0)
			return 1;
		stop(result, TROUBLE_DISK, err.text);
		return -1;
	}
	for (size_t i = 0; i < lists->count; i++) {
		int ret = register_intake_piece(pull->intake,
		    lists->pieces[i].no, lists->pieces[i].bytes,
		    lists->pieces[i].len, &err);

		if (ret < 0) {
			stop(result, TROUBLE_LIST, err.text);
			return -1;
		}
		result->lists += ret == REGISTER_PIECE_DONE;
		if (ret == REGISTER_PIECE_OLD || ret == REGISTER_PIECE_FOREIGN)
			break; /* what follows belongs to it */
		give_way(pull->intake);
	}
	register_intake_progress(pull->intake, &bytes, &of);
	if (pull->progress != NULL && of > 0)
		pull->progress(pull->arg, bytes, of);
	if (lists->count > 0 && register_intake_since(pull->intake) <= since) {
		stop(result, TROUBLE_LIE, "its lists do not go on");
		return -1;
	}
	return lists->count > 0;
}

static int
ask(struct pull *pull, struct pull_result *result)
{
	char path[64], detail[SYNC_WORDS_MAX];
	struct http_request request = { .path = path };
	struct http_reply raw = { .trouble = TROUBLE_OTHER };
	struct reply *reply = malloc(sizeof(*reply));
	struct lists_reply lists = { .count = 0 };
	enum trouble trouble;
	struct err err = { 0 };
	int ret = -1;

	if (reply == NULL)
		mem_none();
	snprintf(path, sizeof(path), "/v1/register?since=%lld",
	    (long long)register_intake_since(pull->intake));
	pull->transport(pull->transport_arg, &request, &raw);
	if (judge(&raw, reply, &trouble, detail) != JUDGE_TAKEN) {
		if (raw.status == 404 && reply->hub) /* it publishes nothing */
			ret = 0;
		else
			stop(result, trouble != TROUBLE_NONE ? trouble :
			    TROUBLE_LIE, detail);
	} else if (lists_parse(raw.body, raw.len, &lists, &err) < 0) {
		stop(result, TROUBLE_LIE, err.text);
	} else {
		ret = take_pieces(pull, &lists, result);
	}
	lists_free(&lists);
	free(reply);
	free(raw.body);
	return ret;
}

void
pull_run(struct pull *pull, struct pull_result *result)
{
	int more = 1;

	*result = (struct pull_result){ .trouble = TROUBLE_NONE };
	for (int i = 0; more > 0 && i < ASKS_MAX; i++)
		more = ask(pull, result);
}

/* A post of a province has its code as its unit. */
struct register_intake *
pull_intake(const struct conf *conf, int64_t now, struct err *err)
{
	struct register_intake_setup setup = { .state = conf->state,
		.station = conf->id, .unit = conf->unit, .now = now,
		.province = conf->province[0] != '\0' ? conf->province :
		    strcmp(conf->level, "province") == 0 ? conf->unit : NULL };

	return register_intake_open(&setup, err);
}
