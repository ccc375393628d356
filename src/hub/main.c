/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot-hub - takes the records of posts. The command line of the room hub.
 */
#include "call.h"
#include "memory.h"
#include "parts.h"
#include "register_published.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define CERTIFICATE_DAYS 180
#define SHEET_DAYS 14
#define DAYS_MAX 3650
#define TRACE_DAYS 14      /* that a case is traced back */
#define CONTACT_MINUTES 15 /* before and after */

static int
fail(const struct err *err)
{
	fprintf(stderr, "chot-hub: %s\n", err->text);
	return err_exit_status(err);
}

/* ---- commands ------------------------------------------------------------------- */

/* --days, or else so many. */
static int
read_days(const struct call *call, int otherwise, int *days, struct err *err)
{
	char *end = NULL;
	long n = call->days != NULL ? strtol(call->days, &end, 10) : otherwise;

	if (n < 1 || n > DAYS_MAX || (end != NULL && *end != '\0'))
		return err_set(err, ERR_USAGE, "--days takes 1 to %d",
		    DAYS_MAX);
	*days = (int)n;
	return 0;
}

static int
cmd_migrate(struct call *call, struct err *err)
{
	return hub_migrate(call->options.database, stdout, err);
}

/* The script makes all that is needed, and runs this program again. */
static int
run_demo(const struct call *call, struct err *err)
{
	const char *data = getenv("CHOT_DATA");
	char script[PATH_MAX], self[PATH_MAX], workers[16];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return err_set(err, ERR_ABSENT, "/proc is missing");
	self[n] = '\0';
	if (data != NULL && data[0] != '\0')
		snprintf(script, sizeof(script), "%s/contrib/hub/demo", data);
	else
		snprintf(script, sizeof(script), "%s", PKGDATADIR "/hub/demo");
	snprintf(workers, sizeof(workers), "%d", call->options.workers);
	execl("/bin/sh", "sh", script, self, "--listen",
	    call->options.listen, "--workers", workers, (char *)NULL);
	return err_set(err, ERR_ABSENT, "cannot run %s", script);
}

static int
cmd_run(struct call *call, struct err *err)
{
	const struct hub_options *o = &call->options;
	bool tls = o->certificate != NULL && o->key != NULL && o->ca != NULL;
	bool any = o->certificate != NULL || o->key != NULL || o->ca != NULL;

	if (call->demo)
		return run_demo(call, err);
	if (o->proxy != NULL)
		any = o->certificate != NULL || o->key != NULL ||
		    (o->ca != NULL && o->ca_key == NULL);
	if (o->proxy != NULL ? any : !tls)
		return err_set(err, ERR_USAGE, "give --certificate, --key and "
		    "--ca, or --proxy alone");
	if (o->ca_key != NULL && (o->ca == NULL || o->hand_out == NULL))
		return err_set(err, ERR_USAGE, "--ca-key takes --ca and "
		    "--hand-out beside it");
	if (call->options.server_ca == NULL)
		call->options.server_ca = o->ca;
	if (read_days(call, CERTIFICATE_DAYS, &call->options.days, err) < 0)
		return -1;
	return hub_run(o, err);
}

static int
cmd_publish(struct call *call, struct err *err)
{
	struct hub_publish *p = &call->publish;
	char floors[64] = "";
	char *end;

	p->database = call->options.database;
	p->sign = call->options.sign;
	p->days = call->days != NULL ? strtol(call->days, &end, 10) : 7;
	if (p->sign == NULL || (p->register_key == NULL && p->list == NULL))
		return err_set(err, ERR_USAGE, "publish takes --sign and "
		    "--register-key, or --list");
	if (p->days < 1 || p->days > 365 || (call->days != NULL && *end != '\0'))
		return err_set(err, ERR_USAGE, "--days takes 1 to 365");
	if (p->list != NULL && !register_is_archive(p->list))
		return err_set(err, ERR_USAGE, "--list takes badges, messages, "
		    "officers, packs, trust or zones");
	if (call->made != NULL && time_parse(call->made, 7 * 3600,
	    &p->made_at) < 0)
		return err_set(err, ERR_USAGE, "--made takes a time like "
		    "2021-10-22T13:00+07:00");
	if (call->withdraw != NULL && strlen(call->withdraw) != 16)
		return err_set(err, ERR_USAGE, "--withdraw takes the 16 digits "
		    "that name a key");
	if (call->withdraw != NULL)
		snprintf(floors, sizeof(floors), "%s 999999999999\n",
		    call->withdraw);
	p->floors = floors;
	if (p->audience == NULL)
		p->audience = "all";
	p->files = call->words;
	p->nfiles = (size_t)call->count;
	return hub_publish(p, err);
}

static int
cmd_bundle(struct call *call, struct err *err)
{
	return hub_bundle(call->options.database, call->words[0],
	    call->count == 2 ? call->words[1] : "", err);
}

static int
cmd_enrol(struct call *call, struct err *err)
{
	struct hub_tickets *tickets = &call->tickets;
	const struct hub_options *o = &call->options;

	tickets->database = o->database;
	tickets->server_ca = o->server_ca != NULL ? o->server_ca : o->ca;
	tickets->out = stdout;
	if (tickets->table == NULL || tickets->dir == NULL ||
	    tickets->server_ca == NULL)
		return err_set(err, ERR_USAGE, "enrol takes --csv, --url, --ca "
		    "and --sheets");
	return read_days(call, SHEET_DAYS, &tickets->days, err) < 0 ? -1 :
	    hub_enrol(tickets, err);
}

static int
cmd_import(struct call *call, struct err *err)
{
	const struct hub_options *o = &call->options;
	struct hub_import import = { o, call->words, call->count,
		call->answers, stdout, call->no_lists };

	if (o->ca == NULL || o->sign == NULL || call->answers == NULL)
		return err_set(err, ERR_USAGE, "import takes --ca, --sign and "
		    "--answers: posts believe what is signed");
	return hub_import(&import, err);
}

static int
cmd_station(struct call *call, struct err *err)
{
	const char *database = call->options.database, *what = call->words[0];

	if (strcmp(what, "list") == 0 && call->count == 1)
		return hub_station_list(database, stdout, err);
	if (strcmp(what, "audience") == 0 && call->count >= 2)
		return hub_station_audience(database, call->words[1],
		    call->words + 2, (size_t)call->count - 2, err);
	if (strcmp(what, "add") == 0 && call->count == 2)
		return hub_station_add(database, call->words[1], err);
	if (strcmp(what, "revoke") == 0 && call->count >= 2 &&
	    call->count <= 3)
		return hub_station_revoke(database, call->words[1],
		    call->count == 3 ? call->words[2] : "", err);
	if (strcmp(what, "watch") == 0 && call->count >= 2)
		return hub_station_watch(database, call->words[1],
		    call->count == 2 || strcmp(call->words[2], "no") != 0,
		    err);
	return err_set(err, ERR_USAGE, "station takes add ID, "
	    "revoke ID [REASON], watch ID [no], audience ID [NAME]... "
	    "or list");
}

static int
cmd_messages(struct call *call, struct err *err)
{
	return hub_messages(call->options.database, stdout, err);
}

/* Two weeks, unless they are said. */
static int
read_span(struct call *call, struct err *err)
{
	struct hub_trace *trace = &call->trace;

	trace->until = wall_now();
	if (call->until != NULL && time_parse(call->until, 0,
	    &trace->until) < 0)
		return err_set(err, ERR_USAGE, "--until takes a time like "
		    "2021-10-22T13:00+07:00");
	trace->since = trace->until - TRACE_DAYS * 86400;
	if (call->since != NULL && time_parse(call->since, 0,
	    &trace->since) < 0)
		return err_set(err, ERR_USAGE, "--since takes a time like "
		    "2021-10-22T13:00+07:00");
	return 0;
}

static int
trace(struct call *call, int minutes, struct err *err)
{
	struct hub_trace *t = &call->trace;

	t->database = call->options.database;
	t->out = stdout;
	t->minutes = minutes;
	if (t->asked_by == NULL || t->asked_by[0] == '\0' || t->why == NULL ||
	    t->why[0] == '\0')
		return err_set(err, ERR_USAGE, "it is kept who asks and why: "
		    "--by and --why");
	if (t->number == NULL)
		t->number = "";
	if (t->plate == NULL)
		t->plate = "";
	return read_span(call, err) < 0 ? -1 : hub_trace(t, err);
}

static int
cmd_crossings(struct call *call, struct err *err)
{
	if ((call->trace.number == NULL) == (call->trace.plate == NULL))
		return err_set(err, ERR_USAGE, "crossings takes --person or "
		    "--plate");
	return trace(call, 0, err);
}

static int
cmd_contacts(struct call *call, struct err *err)
{
	char *end = NULL;
	long n = call->minutes != NULL ? strtol(call->minutes, &end, 10) :
	    CONTACT_MINUTES;

	if (n < 1 || n > 1440 || (end != NULL && *end != '\0'))
		return err_set(err, ERR_USAGE, "--minutes takes 1 to 1440");
	if (call->trace.number == NULL || call->trace.plate != NULL)
		return err_set(err, ERR_USAGE, "contacts takes --person");
	return trace(call, (int)n, err);
}

static int
cmd_inspections(struct call *call, struct err *err)
{
	return hub_inspections(call->options.database, stdout, err);
}

static int
cmd_notices(struct call *call, struct err *err)
{
	struct hub_notices notices = { call->options.database, call->places,
		call->words[0], stdout };

	if (call->places == NULL)
		return err_set(err, ERR_USAGE, "notices takes --places");
	return hub_notices(&notices, err);
}

static int
cmd_seal_key(struct call *call, struct err *err)
{
	char pub[PATH_MAX], key[PATH_MAX], id[17];

	if (snprintf(pub, sizeof(pub), "%s.pub", call->words[0]) >=
	    (int)sizeof(pub) || snprintf(key, sizeof(key), "%s.key",
	    call->words[0]) >= (int)sizeof(key))
		return err_set(err, ERR_USAGE, "path too long");
	if (seal_key_make(pub, key, err) < 0 || seal_key_id(pub, id, err) < 0)
		return -1;
	printf("%s: key %s, to posts (hub { seal = ... })\n"
	    "%s: SECRET, opens their records; keep it as long as a post may "
	    "still send what was sealed to it\n", pub, id, key);
	return 0;
}

static int
cmd_sign_key(struct call *call, struct err *err)
{
	return hub_sign_key_make(call->words[0], err);
}

static const struct {
	const char *name;
	int (*run)(struct call *call, struct err *err);
	int least, most; /* words behind it */
} commands[] = {
	{ "migrate", cmd_migrate, 0, 0 },
	{ "run", cmd_run, 0, 0 },
	{ "station", cmd_station, 1, 10 },
	{ "publish", cmd_publish, 1, HUB_FILES_MAX },
	{ "bundle", cmd_bundle, 1, 2 },
	{ "enrol", cmd_enrol, 0, 0 },
	{ "import", cmd_import, 1, HUB_FILES_MAX },
	{ "messages", cmd_messages, 0, 0 },
	{ "crossings", cmd_crossings, 0, 0 },
	{ "contacts", cmd_contacts, 0, 0 },
	{ "inspections", cmd_inspections, 0, 0 },
	{ "notices", cmd_notices, 1, 1 },
	{ "seal-key", cmd_seal_key, 1, 1 },
	{ "sign-key", cmd_sign_key, 1, 1 },
};

int
main(int argc, char **argv)
{
	struct call call = { .options = { .listen = "127.0.0.1:8443",
		.database = "", .keys = SYSCONFDIR "/chot/hub-keys",
		.header = "X-Client-Subject", .workers = 4 } };
	struct err err = { 0 };
	size_t i = 0;
	int ret;

	memory_for_libraries();
	ret = call_read(&call, argc, argv);
	confine_basics(); /* its keys open every record */
	if (ret >= 0)
		return ret;
	if (optind == argc)
		return call_usage("it takes a command");
	while (i < nitems(commands) && strcmp(commands[i].name,
	    argv[optind]) != 0)
		i++;
	if (i == nitems(commands))
		return call_usage("no such command");
	for (int at = optind + 1; at < argc && call.count < HUB_FILES_MAX;
	    at++)
		call.words[call.count++] = argv[at];
	if (call.count < commands[i].least || call.count > commands[i].most ||
	    argc - optind - 1 > commands[i].most)
		return call_usage("too many or too few words");
	if (commands[i].run(&call, &err) < 0)
		return fail(&err);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
