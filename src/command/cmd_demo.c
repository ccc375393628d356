/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot demo - the same station with simulated devices, for anybody.
 *
 * Makes a scratch post (keys, lists, rules, configuration), starts the
 * simulated devices (demo_devices.c) and runs the real station on it with an
 * injected clock: 2021-10-22 14:00 at +07:00, a Friday of that year.
 */
#include "parts.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "outbox.h"
#include "register.h"
#include "station.h"

#define DEMO_AT 1634886000 /* 2021-10-22T14:00+07:00 */
#define DEMO_OFFSET_S (7 * 3600)
#define DEVICES_WAIT_MS 2000

static const char options_help[] = N_(
    "      --lang LANG     vi or en; otherwise as the locale says\n"
    "      --script FILE   what the simulated people do (chot(1))\n"
    "      --hub           with a hub beside it, and its database\n"
    "      --keep DIR      make the post in DIR and leave it there\n");

struct demo {
	char dir[200]; /* the scratch post */
	char data[300]; /* contrib/ or the installed data */
	const char *language, *script;
	bool keep, with_hub;
	pid_t devices, hub;
	char *hub_lines; /* of the configuration; NULL: no hub */
};

/* ---- the scratch post ------------------------------------------------------------ */

static void
report(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "chot demo: %s\n", line);
}

static int
import_lists(const struct demo *d, struct err *err)
{
	static const char *const lists[] = { "declarations", "statuses",
		"permits", "vehicles", "persons", "tests" };
	char path[PATH_MAX], key_path[PATH_MAX];
	struct register_key key;
	struct register_store *store;
	int result = 0;

	snprintf(key_path, sizeof(key_path), "%s/state/keys/register.key",
	    d->dir);
	snprintf(path, sizeof(path), "%s/state/register.db", d->dir);
	if ((d->hub_lines == NULL && register_key_make(key_path, err) != 0) ||
	    register_key_load(key_path, &key, err) != 0)
		return -1;
	store = register_open(path, true, err);
	if (store == NULL)
		return -1;
	for (size_t i = 0; i < nitems(lists) && result == 0; i++) {
		snprintf(path, sizeof(path), "%s/demo/%s.csv", d->data,
		    lists[i]);
		if (access(path, R_OK) == 0 && register_import(store, &key,
		    path, DEMO_AT - 5 * 3600, DEMO_OFFSET_S, report, NULL,
		    NULL, err) < 0)
			result = -1;
	}
	register_close(store);
	return result;
}

static int
write_conf(const struct demo *d, const char *path, struct err *err)
{
	char camera[PATH_MAX + 64] = "", program[PATH_MAX];
	char *text;
	int n, result;

	snprintf(program, sizeof(program), "%s/chot-camera", command_libexec());
	if (access(program, X_OK) == 0)
		snprintf(camera, sizeof(camera),
		    "  camera = { \"y4m:%s/dev/camera\" }\n", d->dir);
	n = asprintf(&text,
	    "station { id = \"ST-QL1A\"  name = \"%s\"  language = \"%s\"\n"
	    "  utc_offset = \"+07:00\"  mode = \"attended\"  zone = 2 }\n"
	    "policy = \"%s/policy/vietnam-2021.conf\"\n"
	    "state = \"%s/state\"  run = \"%s/run\"\n"
	    "lane \"1\" {\n  direction = \"in\"  order = \"scan-first\"\n"
	    "  scanner = { \"serial:%s/dev/scanner,baud=9600,protocol=line\" }\n"
	    "  thermometer = { \"serial:%s/dev/thermometer,baud=9600,"
	    "protocol=gy-mcu90614,offset=0.9\" }\n"
	    "  printer = \"serial:%s/dev/printer,protocol=escpos,cut=partial\"\n"
	    "  relay = \"serial:%s/dev/relay,protocol=lcus\"\n%s}\n%s",
	    "Quốc lộ 1A", d->language, d->data, d->dir, d->dir, d->dir, d->dir,
	    d->dir, d->dir, camera, d->hub_lines != NULL ? d->hub_lines : "");
	if (n < 0)
		return err_set(err, ERR_RETRY, "%s", strerror(ENOMEM));
	result = file_write(path, text, (size_t)n, 0600, false, err);
	free(text);
	return result;
}

static int
make_post(struct demo *d, struct err *err)
{
	static const char *const dirs[] = { "state/keys", "run", "dev" };
	char path[PATH_MAX], other[PATH_MAX];

	for (size_t i = 0; i < nitems(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", d->dir, dirs[i]);
		if (dir_make(path, 0700, err) != 0)
			return -1;
	}
	snprintf(path, sizeof(path), "%s/state/keys", d->dir);
	if (d->hub_lines != NULL && demo_hub_keys(d->hub_lines, path, err) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/state/keys/site.pub", d->dir);
	snprintf(other, sizeof(other), "%s/site.key", d->dir);
	if (seal_key_make(path, other, err) != 0 || import_lists(d, err) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/state", d->dir);
	if (key_sign_make(path, "ST-QL1A", other, err) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/demo/officers.csv", d->data);
	snprintf(other, sizeof(other), "%s/state/officers", d->dir);
	if (access(path, R_OK) == 0 && officers_import(path, other, false,
	    report, NULL, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/chot.conf", d->dir);
	return write_conf(d, path, err);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* ---- the simulated devices ------------------------------------------------------------- */

static int
start_devices(struct demo *d, struct err *err)
{
	char script[PATH_MAX], ready[PATH_MAX];
	pid_t parent = getpid();

	if (d->script != NULL)
		snprintf(script, sizeof(script), "%s", d->script);
	else
		snprintf(script, sizeof(script), "%s/demo/script", d->data);
	snprintf(ready, sizeof(ready), "%s/dev/ready", d->dir);
	d->devices = fork();
	if (d->devices < 0)
		return err_set(err, ERR_RETRY, "fork: %s", strerror(errno));
	if (d->devices == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() == parent)
			execl(command_self(), "chot", "demo-devices", d->dir,
			    script, (char *)NULL);
		_exit(EX_UNAVAILABLE);
	}
	for (int waited = 0; waited < DEVICES_WAIT_MS; waited += 5) {
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
		if (access(ready, F_OK) == 0)
			return 0;
		if (waitpid(d->devices, NULL, WNOHANG) == d->devices)
			break;
	}
	return err_set(err, ERR_ABSENT, _("the simulated devices did not start"));
}

/* ---- running -------------------------------------------------------------------------------- */

static const char *
locale_language(void)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL",
		"LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < nitems(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strncmp(value, "vi", 2) == 0 ? "vi" : "en";
	}
	return "en";
}

static int
run(struct demo *d, struct err *err)
{
	static struct conf conf; /* large: its lanes */
	char values[PATH_MAX];
	struct station_options options = {
		.values = command_values(values, sizeof(values)), .self = command_self(),
		.libexec = command_libexec(), .machine = getenv("CHOT_MACHINE"),
		.demo = true, .officer = "CB-01", .wall = DEMO_AT };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/chot.conf", d->dir);
	options.conf = path;
	if (d->with_hub) {
		d->hub = demo_hub_start(d->dir, &d->hub_lines, err);
		if (d->hub < 0)
			return -1;
	}
	if (make_post(d, err) != 0 || start_devices(d, err) != 0 ||
	    conf_load(path, &conf, err) != 0)
		return -1;
	return station_run(&conf, &options, err);
}

static int
options_read(struct demo *d, int argc, char **argv)
{
	static const struct option options[] = {
		{ "lang", required_argument, NULL, 'l' },
		{ "script", required_argument, NULL, 's' },
		{ "keep", required_argument, NULL, 'k' },
		{ "hub", no_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'b':
			d->with_hub = true;
			break;
		case 'l':
			d->language = optarg;
			break;
		case 's':
			d->script = optarg;
			break;
		case 'k':
			d->keep = true;
			/* Children and configuration need the whole path. */
			if (optarg[0] != '/' && getcwd(d->dir, 100) != NULL)
				strcat(d->dir, "/");
			strncat(d->dir, optarg, 99);
			break;
		case 'h':
			command_help("demo", _(options_help));
			return -1;
		default:
			return command_usage("demo", _("unknown option"));
		}
	}
	if (strcmp(d->language, "vi") != 0 && strcmp(d->language, "en") != 0)
		return command_usage("demo", _("the language is vi or en"));
	return optind < argc ?
	    command_usage("demo", _("too many arguments")) : 0;
}

int
cmd_demo(int argc, char **argv)
{
	struct demo d = { .language = locale_language() };
	struct err err = { 0 };
	const char *tmp = getenv("TMPDIR");
	int result = options_read(&d, argc, argv);

	if (result != 0)
		return result < 0 ? EX_OK : result;
	command_data(d.data, sizeof(d.data));
	if (!d.keep) {
		snprintf(d.dir, sizeof(d.dir), "%s/chot-demo-XXXXXX",
		    tmp != NULL ? tmp : "/tmp");
		if (mkdtemp(d.dir) == NULL) {
			err_set(&err, ERR_SETUP, "%s: %s", d.dir,
			    strerror(errno));
			return command_fail(&err);
		}
	} else if (dir_make(d.dir, 0700, &err) != 0) {
		return command_fail(&err);
	}
	result = run(&d, &err);
	if (d.devices > 0) {
		kill(d.devices, SIGTERM);
		waitpid(d.devices, NULL, 0);
	}
	demo_hub_stop(d.hub);
	free(d.hub_lines);
	if (!d.keep)
		nftw(d.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return result == 0 ? EX_OK : command_fail(&err);
}
