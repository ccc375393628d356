/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox_road - refusals listed and tried again; bundles out and in.
 */
#include "outbox_road.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "station.h"
#include "sync.h"

/* ---- refused ----------------------------------------------------------------------------- */

static void
print_refusal(void *arg, const struct sync_refusal *refusal)
{
	const struct road_call *call = arg;
	char id[OUTBOX_ID_MAX], at[21];

	outbox_id_print(call->conf->id, refusal->id, id);
	time_print(refusal->at, at);
	if (!call->json) {
		printf("%s  %s  %d  %d  %s%s\n", id, at, refusal->status,
		    refusal->tries, refusal->reason,
		    refusal->again ? _("  (to be sent again)") : "");
		return;
	}
	printf("{\"id\":\"%s\",\"epoch\":\"%08x\",\"seq\":%" PRId64
	    ",\"at\":\"%s\",\"status\":%d,\"tries\":%d,\"again\":%s,"
	    "\"reason\":\"", id, (unsigned)refusal->id.epoch,
	    refusal->id.seq, at, refusal->status, refusal->tries,
	    refusal->again ? "true" : "false");
	/* It is clean text: only these two are left to escape. */
	for (const char *c = refusal->reason; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			putchar('\\');
		putchar(*c);
	}
	puts("\"}");
}

struct search {
	int64_t seq;
	struct outbox_id found;
};

static void
find_seq(void *arg, const struct sync_refusal *refusal)
{
	struct search *search = arg;

	if (refusal->id.seq == search->seq)
		search->found = refusal->id; /* of the last epoch */
}

static int64_t
retry_word(const struct road_call *call, const char *word, struct err *err)
{
	const char *digits = strrchr(word, '/');
	struct search search = { .seq = 0 };
	size_t n;

	digits = digits != NULL ? digits + 1 : word;
	n = strspn(digits, "0123456789");
	if (n == 0 || n > 18 || digits[n] != '\0')
		return err_set(err, ERR_USAGE, _("not the id of a record"));
	search.seq = strtoll(digits, NULL, 10);
	if (sync_refused(call->conf->state, find_seq, &search, err) < 0)
		return -1;
	if (search.found.seq == 0)
		return err_set(err, ERR_INPUT, _("%s was not refused"), word);
	return sync_retry(call->conf->state, search.found, err);
}

static int
retry(const struct road_call *call, struct err *err)
{
	int64_t count = 0, one;

	if (call->nwords == 0)
		count = sync_retry(call->conf->state, (struct outbox_id){ 0 },
		    err);
	for (int i = 0; i < call->nwords && count >= 0; i++) {
		one = retry_word(call, call->words[i], err);
		count = one < 0 ? -1 : count + one;
	}
	if (count < 0)
		return -1;
	printf(_("%lld to be sent again with the next sync\n"),
	    (long long)count);
	return 0;
}

int
road_refused(const struct road_call *call, struct err *err)
{
	if (call->retry)
		return retry(call, err);
	if (call->nwords > 0)
		return err_set(err, ERR_USAGE, _("too many arguments"));
	return sync_refused(call->conf->state, print_refusal, (void *)call,
	    err);
}

/* ---- bundles ------------------------------------------------------------------------------ */

/* What can be read of those that were set aside, beside what waits. */
static int
export_aside(const struct road_call *call, bool *any, struct err *err)
{
	char path[CONF_PATH_MAX + 16], aside[CONF_PATH_MAX + 64];
	struct sync_bundle bundle;
	struct outbox_found found;
	int64_t lost;

	snprintf(path, sizeof(path), "%s/outbox.db", call->conf->state);
	for (int i = 1; outbox_aside(path, i, aside, sizeof(aside)); i++) {
		/* A number that is passed over is not sent later. */
		if (outbox_found(aside, &found) < 0)
			continue;
		/* One of which nothing can be read is no news. */
		if (sync_salvage(call->conf, aside, call->words[0],
		    (int64_t)time(NULL), &bundle, &lost, err) < 0) {
			if (err->kind == ERR_INPUT || err->kind == ERR_SETUP)
				continue;
			return -1;
		}
		if (bundle.records == 0)
			continue;
		*any = true;
		if (call->json)
			printf("{\"records\":%" PRId64 ",\"first\":%" PRId64
			    ",\"last\":%" PRId64 ",\"lost\":%" PRId64 "}\n",
			    bundle.records, bundle.first, bundle.last, lost);
		else
			printf("%s\n", bundle.path);
	}
	return 0;
}

/* What the hub would hear of the post with a sync; free() it. */
static char *
status_page(const struct conf *conf)
{
	char *page = NULL;
	size_t n = 0;
	FILE *out = mem_stream(&page, &n);

	station_status(conf, STATUS_JSON, (int64_t)time(NULL), out);
	fclose(out);
	return page;
}

int
road_export(const struct road_call *call, struct err *err)
{
	struct sync_bundle bundle;
	char *page;
	bool any;
	int ret;

	if (call->nwords != 1)
		return err_set(err, ERR_USAGE,
		    _("export takes the directory of a stick"));
	page = status_page(call->conf);
	ret = sync_export(call->conf, call->words[0], page,
	    (int64_t)time(NULL), &bundle, err);
	free(page);
	if (ret < 0)
		return -1;
	any = bundle.records > 0;
	if (call->json)
		printf("{\"records\":%" PRId64 ",\"first\":%" PRId64
		    ",\"last\":%" PRId64 "}\n", bundle.records, bundle.first,
		    bundle.last);
	else if (any)
		printf("%s\n", bundle.path);
	if (export_aside(call, &any, err) < 0)
		return -1;
	if (!call->json)
		puts(any ? _("Safe to remove") : _("nothing waits"));
	return 0;
}

int
road_salvage(const struct road_call *call, struct err *err)
{
	struct sync_bundle bundle;
	int64_t lost = 0;

	if (call->nwords != 2)
		return err_set(err, ERR_USAGE,
		    _("salvage takes a damaged outbox and a directory"));
	if (sync_salvage(call->conf, call->words[0], call->words[1],
	    (int64_t)time(NULL), &bundle, &lost, err) < 0)
		return -1;
	if (call->json)
		printf("{\"records\":%" PRId64 ",\"first\":%" PRId64
		    ",\"last\":%" PRId64 ",\"lost\":%" PRId64 "}\n",
		    bundle.records, bundle.first, bundle.last, lost);
	else
		printf(_("%lld records read, %lld lost between them\n"),
		    (long long)bundle.records, (long long)lost);
	if (!call->json && bundle.records > 0)
		printf("%s\n%s\n", bundle.path, _("Safe to remove"));
	return 0;
}

static void
say_import(const struct sync_import *import)
{
	if (!import->found && import->pieces > 0) {
		if (import->lists == 0)
			printf("%s\n", _("nothing new in it"));
	} else if (!import->found) {
		printf("%s\n", _("nothing for this post in it"));
	} else if (import->forked) {
		printf("%s\n", _("the hub has other records under this post's "
		    "numbers: its card was copied or restored"));
	} else if (import->fell_back) {
		printf(_("the hub was set back to a backup and has all records "
		    "up to %lld: the others go to it again\n"),
		    (long long)import->head.seq);
	} else if (import->raised) {
		printf(_("the hub has all records up to %lld\n"),
		    (long long)import->head.seq);
	} else if (import->lists == 0) {
		printf("%s\n", _("nothing new in it"));
	}
}

int
road_import(const struct road_call *call, struct err *err)
{
	struct sync_import import;

	if (call->nwords != 1)
		return err_set(err, ERR_USAGE, _("import takes a bundle"));
	if (sync_import(call->conf, call->words[0], &import, err) < 0)
		return -1;
	if (call->json)
		printf("{\"found\":%s,\"news\":%s,\"fell_back\":%s,"
		    "\"forked\":%s,\"acknowledged\":%" PRId64 ",\"refused\":%" PRId64
		    ",\"lists\":%d}\n", import.found ? "true" : "false",
		    import.raised ? "true" : "false",
		    import.fell_back ? "true" : "false",
		    import.forked ? "true" : "false", import.head.seq,
		    import.refused, import.lists);
	else if (import.lists > 0)
		printf(ngettext("%d new list\n", "%d new lists\n",
		    (unsigned long)import.lists), import.lists);
	if (!call->json)
		say_import(&import);
	return 0;
}
