/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot register - lists into the register, one entry out of it, its health.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "register.h"
#include "register_lists.h"
#include "register_print.h"

#define FILES_MAX 64
#define PATH_BYTES (CONF_PATH_MAX + 32)

struct task { /* what the command line asked for */
	struct conf conf;
	char db[PATH_BYTES], key[PATH_BYTES];
	const char *source, *made;
	int64_t made_at; /* 0: as old as the file */
	bool add, json, progress;
};

static const char options_text[] = N_(
    "  import FILE.csv...  take lists in, all or nothing; each replaces its list\n"
    "  import FILE.bundle  published lists from a USB stick\n"
    "  show ID|PLATE       what the register says of one person or vehicle\n"
    "  verify              counts, ages, signatures, every row read\n"
    "  zone PLACE          which zone an address lies in, and its level\n"
    "  messages            what the hub wrote to this post\n"
    "\n"
    "  -c, --config FILE   the configuration\n"
    "  -k, --key FILE      the register's key (keys/register.key of the state)\n"
    "  -a, --add           import: put the rows beside those that are there\n"
    "      --made TIME     import: when the list was made (the file's time)\n"
    "      --source WORDS  import: who made the list (the file's name)\n"
    "      --json          show, verify, zone: JSON Lines\n"
    "\n"
    "The first line of a file names its columns, and they say which list it is:\n"
    "  declarations  id,declared_at,from,to,origin_zone,destination_zone,symptoms,\n"
    "                plate,state\n"
    "  statuses      id,status,since,ends,source\n"
    "  permits       id,state,valid_from,valid_to,days,hours\n"
    "  vehicles      plate,kind,green_lane,wanted,group_declared\n"
    "  persons       id,exempt,shipper,wanted,doses,doses_required,last_dose,\n"
    "                recovered,residence_zone,benefit\n"
    "  tests         id,result,kind,sampled_at,result_at\n"
    "  officers      id,name,role,pin,badge (a list of its own, not under the key)\n"
    "  zones         place,level,since,ends,source (the same)\n");

/* ---- import ------------------------------------------------------------------------------ */

static void
on_report(void *arg, const char *line)
{
	struct task *task = arg;

	if (task->progress)
		fprintf(stderr, "\r\033[K");
	fprintf(stderr, "%s\n", line);
}

static void
on_progress(void *arg, int64_t rows)
{
	struct task *task = arg;

	if (!task->progress)
		return;
	fputc('\r', stderr);
	fprintf(stderr, _("%" PRId64 " rows"), rows);
}

static void
print_file(const struct register_file *file)
{
	char path[PATH_MAX];

	text_clean(file->path, strlen(file->path), path, sizeof(path));
	printf(_("%s: %" PRId64 " rows into %s\n"), path, file->rows,
	    file->list);
}

/*
 * A list is as old as its file, so that yesterday's stick stays yesterday's;
 * a file from the future is as old as now.
 */
static int
fill_files(const struct task *task, char **paths, size_t n,
    struct register_file *files, struct err *err)
{
	int64_t now = time(NULL);
	struct stat st;

	for (size_t i = 0; i < n; i++) {
		if (stat(paths[i], &st) < 0)
			return err_set(err, ERR_INPUT, "%s: %s", paths[i],
			    strerror(errno));
		files[i] = (struct register_file){
			.path = paths[i], .source = task->source,
			.made_at = task->made_at != 0 ? task->made_at :
			    st.st_mtime < now ? st.st_mtime : now,
		};
	}
	return 0;
}

/* A register that has lists needs the key they were hashed with. */
static int
make_key(const struct task *task, struct register_store *store,
    struct err *err)
{
	struct register_list lists[REGISTER_LISTS_MAX];
	char dir[PATH_BYTES];
	char *slash;
	int n = register_lists(store, lists, err);

	if (n < 0)
		return -1;
	if (n > 0)
		return err_set(err, ERR_SETUP, _("%s is missing: the lists of %s "
		    "can be read with that key only"), task->key, task->db);
	snprintf(dir, sizeof(dir), "%s", task->key);
	slash = strrchr(dir, '/');
	if (slash != NULL && slash != dir) {
		*slash = '\0';
		if (dir_make(dir, 0700, err) < 0)
			return -1;
	}
	if (register_key_make(task->key, err) < 0)
		return -1;
	printf(_("made the register's key: %s\n"), task->key);
	return 0;
}

static int
open_all(const struct task *task, struct register_store **store,
    struct register_key *key, struct err *err)
{
	if (dir_make(task->conf.state, 0700, err) < 0)
		return -1;
	*store = register_open(task->db, true, err);
	if (*store == NULL)
		return -1;
	if (access(task->key, F_OK) < 0 && errno == ENOENT &&
	    make_key(task, *store, err) < 0)
		return -1;
	return register_key_load(task->key, key, err);
}

static int
import_files(struct task *task, char **paths, size_t n, struct err *err)
{
	struct register_store *store = NULL;
	struct register_file files[FILES_MAX];
	struct register_key key;
	struct register_import import = {
		.files = files, .nfiles = n, .add = task->add,
		.utc_offset_s = task->conf.utc_offset_s, .now = time(NULL),
		.report = on_report, .progress = on_progress, .arg = task,
	};
	int64_t rows = -1;

	task->progress = isatty(STDERR_FILENO);
	if (fill_files(task, paths, n, files, err) == 0 &&
	    open_all(task, &store, &key, err) == 0) {
		rows = register_import_files(store, &key, &import, err);
		register_key_wipe(&key);
		if (task->progress)
			fprintf(stderr, "\r\033[K");
	}
	for (size_t i = 0; rows >= 0 && i < n; i++)
		print_file(&files[i]);
	if (rows >= 0 && register_print_lists(store, &task->conf,
	    task->json, err) < 0)
		rows = -1;
	register_close(store);
	return rows < 0 ? -1 : 0;
}

/* Zones are asked without the key: a file of their own, too. */
static int
import_zones(struct task *task, char *csv, struct err *err)
{
	struct register_file file;

	if (fill_files(task, &csv, 1, &file, err) < 0)
		return -1;
	return lists_import_zones(&task->conf, csv, file.made_at, on_report,
	    task, err);
}

static int
do_import(struct task *task, char **words, int n, struct err *err)
{
	int officers = 0;

	if (n == 1 && lists_in(words[0]))
		return lists_import(&task->conf, words[0], task->json, err);
	if (n < 1 || n > FILES_MAX)
		return err_set(err, ERR_USAGE,
		    _("import takes one to %d files"), FILES_MAX);
	for (int i = 0; i < n; i++)
		officers += officers_is(words[i]);
	if (officers > 0 && n > 1)
		return err_set(err, ERR_USAGE,
		    _("a list of officers is imported alone"));
	if (officers > 0)
		return lists_import_officers(&task->conf, words[0], task->add,
		    on_report, task, err);
	if (n == 1 && zones_is(words[0]))
		return import_zones(task, words[0], err);
	return import_files(task, words, (size_t)n, err);
}

/* ---- show and verify -------------------------------------------------------------------------- */

static int
open_read(const struct task *task, struct register_store **store,
    struct register_key *key, struct err *err)
{
	*store = register_open(task->db, false, err);
	if (*store == NULL)
		return -1;
	if (register_key_load(task->key, key, err) == 0)
		return 0;
	register_close(*store);
	return -1;
}

/* Digits alone and canonical text are a person, all else is a plate. */
static int
do_show(struct task *task, char **words, int n, struct err *err)
{
	struct register_store *store;
	struct register_key key;
	struct register_answer answer;
	char identity[80] = "";
	const char *plate = "";
	char *json;
	int result;

	if (n != 1)
		return err_set(err, ERR_USAGE, _("show takes one ID or plate"));
	if (strchr(words[0], ':') == NULL &&
	    words[0][strspn(words[0], "0123456789")] != '\0')
		plate = words[0];
	else if (register_identity(words[0], identity, err) < 0)
		return -1;
	if (open_read(task, &store, &key, err) < 0)
		return -1;
	result = register_look(store, &key, identity, plate, &answer, err);
	register_key_wipe(&key);
	register_close(store);
	if (result < 0)
		return -1;
	if (!answer.known)
		return err_set(err, ERR_ABSENT, "%s", _(answer.why));
	json = register_answer_json(&answer);
	if (task->json)
		printf("%s\n", json);
	else
		register_print_answer(&task->conf, json);
	free(json);
	return 0;
}

static int
do_verify(struct task *task, char **words, int n, struct err *err)
{
	struct register_store *store;
	struct register_key key;
	int result;

	(void)words;
	if (n != 0)
		return err_set(err, ERR_USAGE, _("verify takes no argument"));
	if (open_read(task, &store, &key, err) < 0)
		return -1;
	result = register_verify(store, &key, err);
	register_key_wipe(&key);
	if (result == 0)
		result = register_print_lists(store, &task->conf,
	    task->json, err);
	register_close(store);
	return result;
}

static int
do_zone(struct task *task, char **words, int n, struct err *err)
{
	if (n != 1)
		return err_set(err, ERR_USAGE, _("zone takes one place"));
	return lists_zone(&task->conf, words[0], task->json, err);
}

static int
do_messages(struct task *task, char **words, int n, struct err *err)
{
	(void)words;
	if (n != 0)
		return err_set(err, ERR_USAGE, _("messages takes no argument"));
	return lists_messages(&task->conf, err);
}

/* ---- the command line ----------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*run)(struct task *task, char **words, int n, struct err *err);
} verbs[] = {
	{ "import", do_import }, { "show", do_show }, { "verify", do_verify },
	{ "zone", do_zone }, { "messages", do_messages },
};

static int
run_verb(struct task *task, const char *config, char **words, int n)
{
	struct err err = { 0 };

	for (size_t i = 0; i < nitems(verbs); i++) {
		if (strcmp(verbs[i].name, words[0]) != 0)
			continue;
		if (conf_load(config, &task->conf, &err) < 0)
			return command_fail(&err);
		if (task->made != NULL && time_parse(task->made,
		    task->conf.utc_offset_s, &task->made_at) < 0)
			return command_usage("register",
			    _("--made takes a time like 2021-10-22T13:00+07:00"));
		snprintf(task->db, sizeof(task->db), "%s/register.db",
		    task->conf.state);
		if (task->key[0] == '\0')
			snprintf(task->key, sizeof(task->key),
			    "%s/keys/register.key", task->conf.state);
		if (verbs[i].run(task, words + 1, n - 1, &err) == 0)
			return EX_OK;
		if (err.kind == ERR_USAGE)
			return command_usage("register", "%s", err.text);
		return command_fail(&err);
	}
	return command_usage("register", _("import, show, verify, zone or messages, not \"%s\""),
	    words[0]);
}

int
cmd_register(int argc, char **argv)
{
	enum { MADE = 256, SOURCE, JSON };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "add", no_argument, NULL, 'a' },
		{ "made", required_argument, NULL, MADE },
		{ "source", required_argument, NULL, SOURCE },
		{ "json", no_argument, NULL, JSON },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct task task; /* large: the configuration */
	const char *config = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "c:k:ah", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 'k':
			if (strlen(optarg) >= sizeof(task.key))
				return command_usage("register",
				    _("the path of the key is too long"));
			strcpy(task.key, optarg);
			break;
		case 'a':
			task.add = true;
			break;
		case MADE:
			task.made = optarg;
			break;
		case SOURCE:
			task.source = optarg;
			break;
		case JSON:
			task.json = true;
			break;
		case 'h':
			return command_help("register", _(options_text));
		default:
			return command_usage("register", _("unknown option"));
		}
	}
	if (optind == argc)
		return command_usage("register", _("what to do is missing"));
	return run_verb(&task, config, argv + optind, argc - optind);
}
