/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot outbox - looks at the queue of sealed records, while the station
 * runs or not: short reads, never a write.
 */
#include "parts.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "outbox.h"
#include "outbox_road.h"

static const char options_text[] = N_(
    "  list                 the records, one a line\n"
    "  count                how many there are\n"
    "  show [ID|SEQ ...]    opened records, one JSON object a line; else all\n"
    "  verify               every hash and every link of the chain\n"
    "  refused              what the hub could not take, and why\n"
    "  export DIR           what waits, onto a USB stick\n"
    "  salvage FILE DIR     what can be read of an outbox that was set aside\n"
    "                       as damaged, onto a USB stick\n"
    "  import FILE          the hub's answers from a USB stick\n"
    "  -c, --config FILE    the configuration\n"
    "      --file FILE      this outbox.db, without a configuration\n"
    "      --json           JSON Lines\n"
    "      --key FILE       the secret key that opens records\n"
    "      --retry          refused: send these [ID|SEQ ...], or all, again\n"
    "      --since SEQ      only records behind this one\n");

struct outbox_call {
	struct outbox *box;
	const char *key; /* NULL: none given */
	bool json, retry;
	int64_t since;
	char **words; /* behind the verb */
	int nwords;
	struct err err;
};

static void
print_hex(const char *name, const unsigned char *bytes)
{
	printf(",\"%s\":\"", name);
	for (int i = 0; i < OUTBOX_HASH_BYTES; i++)
		printf("%02x", bytes[i]);
	putchar('"');
}

/* ---- list, count, verify ------------------------------------------------------------ */

static void
list_item(const struct outbox_call *call, const struct outbox_item *item)
{
	char id[OUTBOX_ID_MAX], at[21];

	outbox_id_print(outbox_station(call->box), item->id, id);
	time_print(item->at, at);
	if (!call->json) {
		printf("%s  %s  %s  %d  %zu\n", id, at, item->key_id,
		    item->schema, item->sealed_len);
		return;
	}
	/* Neither an id nor a time holds what JSON would escape, but for the
	 * post's own quotation marks, which the configuration refuses. */
	printf("{\"id\":\"%s\",\"epoch\":\"%08x\",\"seq\":%" PRId64
	    ",\"at\":\"%s\"", id, (unsigned)item->id.epoch, item->id.seq, at);
	print_hex("prev", item->prev);
	print_hex("hash", item->hash);
	printf(",\"key\":\"%s\",\"schema\":%d,\"bytes\":%zu}\n", item->key_id,
	    item->schema, item->sealed_len);
}

static int
run_list(struct outbox_call *call)
{
	struct outbox_item item;
	int64_t seq = call->since;
	int found;

	while ((found = outbox_next(call->box, seq, &item, &call->err)) > 0) {
		list_item(call, &item);
		seq = item.id.seq;
	}
	return found;
}

static int
run_count(struct outbox_call *call)
{
	struct outbox_state state;

	if (outbox_state(call->box, &state, &call->err) < 0)
		return -1;
	if (call->json)
		printf("{\"records\":%" PRId64 ",\"waiting\":%" PRId64 "}\n",
		    state.records, state.head.seq - state.acknowledged);
	else
		printf("%" PRId64 "\n", state.records);
	return 0;
}

static int
run_verify(struct outbox_call *call)
{
	int64_t count = outbox_verify(call->box, &call->err);

	if (count < 0)
		return -1;
	if (call->json)
		printf("{\"verified\":%" PRId64 "}\n", count);
	else
		printf(_("%lld records, chain whole\n"), (long long)count);
	return 0;
}

/* ---- show --------------------------------------------------------------------------- */

/* What a terminal would act on: controls, marks that turn or hide text. */
static bool
unsafe(uint32_t code)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffd },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < nitems(ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* JSON may hold these raw only inside a string, where an escape says the
 * same; what is no JSON comes out as harmless text. */
static void
print_json(const char *text, size_t n)
{
	size_t at = 0;

	while (at < n) {
		size_t start = at;
		uint32_t code = utf8_next(text, n, &at);

		if (!unsafe(code))
			fwrite(text + start, 1, at - start, stdout);
		else if (code > 0xffff)
			printf("\\u%04x\\u%04x",
			    (unsigned)(0xd7c0 + (code >> 10)),
			    (unsigned)(0xdc00 + (code & 0x3ff)));
		else
			printf("\\u%04x", (unsigned)code);
	}
}

static int
show_item(struct outbox_call *call, const struct outbox_item *item)
{
	char id[OUTBOX_ID_MAX];
	const char *rest;
	size_t len;
	char *body;

	outbox_id_print(outbox_station(call->box), item->id, id);
	body = outbox_open_item(item, call->key, &len, &call->err);
	if (body == NULL)
		return err_within(&call->err, "%s", id);
	/* Anybody may seal to a public key: only an object is let through. */
	rest = body + strspn(body, " \t");
	if (*rest != '{' || body[len - 1] != '}') {
		free(body);
		return err_set(&call->err, ERR_INPUT, _("%s: not a record"),
		    id);
	}
	rest++;
	rest += strspn(rest, " \t");
	printf("{\"id\":\"%s\"%s", id, *rest == '}' ? "" : ",");
	print_json(rest, len - (size_t)(rest - body));
	putchar('\n');
	explicit_bzero(body, len);
	free(body);
	return 0;
}

/* A record by its seq, or by its whole id, which must be of this outbox. */
static int
parse_seq(struct outbox_call *call, const char *word, int64_t *seq)
{
	const char *digits = strrchr(word, '/');
	char id[OUTBOX_ID_MAX];
	size_t n;

	digits = digits != NULL ? digits + 1 : word;
	n = strspn(digits, "0123456789");
	if (n == 0 || n > 18 || digits[n] != '\0')
		return err_set(&call->err, ERR_USAGE,
		    _("not the id of a record"));
	*seq = strtoll(digits, NULL, 10);
	outbox_id_print(outbox_station(call->box), (struct outbox_id){
	    .epoch = outbox_epoch(call->box), .seq = *seq }, id);
	if (digits != word && strcmp(id, word) != 0)
		return err_set(&call->err, ERR_INPUT,
		    _("a record of another outbox; this one has %s"), id);
	return 0;
}

static int
show_one(struct outbox_call *call, const char *word)
{
	struct outbox_item item;
	int64_t seq = 0;
	int found;

	if (parse_seq(call, word, &seq) < 0)
		return -1;
	found = outbox_next(call->box, seq - 1, &item, &call->err);
	if (found < 0)
		return -1;
	if (found == 0 || item.id.seq != seq)
		return err_set(&call->err, ERR_INPUT,
		    _("no record %lld"), (long long)seq);
	return show_item(call, &item);
}

static int
run_show(struct outbox_call *call)
{
	struct outbox_item item;
	int64_t seq = call->since;
	int found = 0;

	if (call->key == NULL)
		return err_set(&call->err, ERR_USAGE, _("records are sealed: "
		    "show needs --key FILE, the secret key"));
	for (int i = 0; i < call->nwords; i++)
		if (show_one(call, call->words[i]) < 0)
			return -1;
	if (call->nwords > 0)
		return 0;
	while ((found = outbox_next(call->box, seq, &item, &call->err)) > 0) {
		seq = item.id.seq;
		if (show_item(call, &item) < 0)
			return -1;
	}
	return found;
}

/* ---- the command ----------------------------------------------------------------------- */

static const struct verb {
	const char *name;
	int (*run)(struct outbox_call *call); /* with the outbox open */
	bool words; /* takes some behind it */
	int (*road)(const struct road_call *call, struct err *err);
} verbs[] = {
	{ "list", run_list, false, NULL },
	{ "count", run_count, false, NULL },
	{ "show", run_show, true, NULL },
	{ "verify", run_verify, false, NULL },
	{ "refused", NULL, true, road_refused },
	{ "export", NULL, true, road_export },
	{ "salvage", NULL, true, road_salvage },
	{ "import", NULL, true, road_import },
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "file", required_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ "key", required_argument, NULL, 'k' },
	{ "retry", no_argument, NULL, 'r' },
	{ "since", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int
find_path(const char *config, const char *file, char path[PATH_MAX],
    struct err *err)
{
	static struct conf conf; /* large: its lanes */

	if (file == NULL && conf_load(config, &conf, err) < 0)
		return -1;
	if (snprintf(path, PATH_MAX, "%s%s", file != NULL ? file : conf.state,
	    file != NULL ? "" : "/outbox.db") >= PATH_MAX)
		return err_set(err, ERR_USAGE, _("path too long"));
	return 0;
}

/* These need the whole post, not only its outbox. */
static int
run_road(struct outbox_call *call, const struct verb *verb,
    const char *config, const char *file)
{
	static struct conf conf; /* large: its lanes */
	const struct road_call road = { .conf = &conf, .json = call->json,
		.retry = call->retry, .words = call->words,
		.nwords = call->nwords };

	if (file != NULL)
		return command_usage("outbox", _("--file is not for %s"),
		    verb->name);
	if (conf_load(config, &conf, &call->err) < 0 ||
	    verb->road(&road, &call->err) < 0)
		return command_fail(&call->err);
	return EX_OK;
}

static int
run_verb(struct outbox_call *call, const struct verb *verb,
    const char *config, const char *file)
{
	char path[PATH_MAX];
	int ret;

	if (find_path(config, file, path, &call->err) < 0)
		return command_fail(&call->err);
	call->box = outbox_open(path, OUTBOX_READ, NULL, NULL, &call->err);
	if (call->box == NULL)
		return command_fail(&call->err);
	ret = verb->run(call);
	outbox_close(call->box);
	return ret < 0 ? command_fail(&call->err) : EX_OK;
}

static int
parse_since(const char *text, int64_t *since)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 18 || text[n] != '\0')
		return -1;
	*since = strtoll(text, NULL, 10);
	return 0;
}

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; name != NULL && i < nitems(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int
cmd_outbox(int argc, char **argv)
{
	struct outbox_call call = { .since = 0 };
	const char *config = NULL, *file = NULL;
	const struct verb *verb;
	int c;

	while ((c = getopt_long(argc, argv, "c:h", long_options, NULL)) != -1) {
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 'f':
			file = optarg;
			break;
		case 'j':
			call.json = true;
			break;
		case 'k':
			call.key = optarg;
			break;
		case 'r':
			call.retry = true;
			break;
		case 's':
			if (parse_since(optarg, &call.since) < 0)
				return command_usage("outbox",
				    _("--since takes the number of a record"));
			break;
		case 'h':
			return command_help("outbox", _(options_text));
		default:
			return command_usage("outbox", _("unknown option"));
		}
	}
	verb = find_verb(argv[optind]);
	if (verb == NULL)
		return command_usage("outbox",
		    _("it takes list, count, show, verify, refused, salvage,"
		    " export or import"));
	call.words = argv + optind + 1;
	call.nwords = argc - optind - 1;
	if (call.nwords > 0 && !verb->words)
		return command_usage("outbox", _("too many arguments"));
	return verb->road != NULL ? run_road(&call, verb, config, file) :
	    run_verb(&call, verb, config, file);
}
