/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot setup [STEP ...] - from a fresh machine to a post that has been tried,
 * by questions and answers on a plain terminal. Each step saves what it found
 * in the configuration, and can be done again alone.
 */
#include "setup.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static const char options_help[] = N_(
    "  -c, --config FILE   the configuration that is made (/etc/chot/chot.conf)\n"
    "      --list          the steps\n");

/* ---- asking ---------------------------------------------------------------------- */

/* The answer, or what is there when it is empty. */
const char *
setup_ask(struct setup *s, const char *question, const char *present)
{
	size_t n;

	if (present[0] != '\0')
		printf("%s [%s]: ", question, present);
	else
		printf("%s: ", question);
	fflush(stdout);
	if (s->ended || fgets(s->answer, sizeof(s->answer), stdin) == NULL) {
		s->ended = true;
		s->answer[0] = '\0';
	}
	n = strcspn(s->answer, "\r\n");
	s->answer[n] = '\0';
	if (n == 0)
		snprintf(s->answer, sizeof(s->answer), "%s", present);
	return s->answer;
}

bool
setup_yes(struct setup *s, const char *question)
{
	const char *answer = setup_ask(s, question, "");

	return strchr("yYcCđĐ1", answer[0]) != NULL && answer[0] != '\0';
}

/* The same device, by the same name or through links. */
static bool
is_at(const char *text, const char *path)
{
	char one[PATH_MAX], other[PATH_MAX];
	struct device device;

	if (device_parse(text, &device, NULL) != 0)
		return false;
	if (strcmp(device.path, path) == 0)
		return true;
	return realpath(device.path, one) != NULL &&
	    realpath(path, other) != NULL && strcmp(one, other) == 0;
}

bool
setup_taken(const struct setup *s, const char *path, size_t own)
{
	static const size_t lists[] = { offsetof(struct conf_lane, scanner),
		offsetof(struct conf_lane, thermometer),
		offsetof(struct conf_lane, plate),
		offsetof(struct conf_lane, printer),
		offsetof(struct conf_lane, relay),
		offsetof(struct conf_lane, booth),
		offsetof(struct conf_lane, lamp) };

	for (size_t i = 0; i < s->conf.nlanes * nitems(lists); i++) {
		const char *lane = (const void *)&s->conf.lanes[i /
		    nitems(lists)];
		size_t at = lists[i % nitems(lists)];
		const struct conf_devices *list = (const void *)(lane + at);

		for (size_t k = 0; at != own && k < list->count; k++)
			if (is_at(list->device[k], path))
				return true;
	}
	return false;
}

static int
save(struct setup *s, struct err *err)
{
	const char *name = strrchr(s->path, '/');
	char *text = NULL, dir[PATH_MAX];
	size_t n = 0;
	FILE *out = mem_stream(&text, &n);
	int result = 0;

	conf_print(&s->conf, out);
	fclose(out);
	if (name != NULL && name != s->path &&
	    (size_t)(name - s->path) < sizeof(dir)) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(name - s->path),
		    s->path);
		result = dir_make(dir, 0755, err);
	}
	if (result == 0)
		result = file_write(s->path, text, n, 0644, true, err);
	free(text);
	return result;
}

/* ---- language, name ------------------------------------------------------------------ */

static bool
step_language(struct setup *s)
{
	const char *answer = setup_ask(s, "1 Tiếng Việt, 2 English",
	    strcmp(s->conf.language, "en") == 0 ? "2" : "1");

	snprintf(s->conf.language, sizeof(s->conf.language), "%s",
	    strcmp(answer, "2") == 0 ? "en" : "vi");
	setenv("LANGUAGE", s->conf.language, 1);
	return true;
}

static bool
step_name(struct setup *s)
{
	char text[CONF_NAME_MAX];

	setup_ask(s, _("Id of this post, such as ST-QL1A"), s->conf.id);
	text_clean(s->answer, strlen(s->answer), text, sizeof(text));
	if (text[0] == '\0' || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_.") != strlen(text)) {
		printf("%s\n", _("Letters, digits and - only."));
		return false;
	}
	snprintf(s->conf.id, sizeof(s->conf.id), "%s", text);
	setup_ask(s, _("Name of this post"), s->conf.name);
	text_clean(s->answer, strlen(s->answer), s->conf.name,
	    sizeof(s->conf.name));
	return true;
}

/* ---- console ---------------------------------------------------------------------------- */

static bool
step_console(struct setup *s)
{
	const char *term = getenv("TERM");

	printf("ĐƯỢC QUA   KIỂM TRA   DỪNG LẠI\n"
	    "ọ ạ ị ụ ẹ ỵ ặ ậ ệ ộ ợ ự ẵ ẫ ễ ỗ ỡ ữ ỹ ┌─┐ █ ▒ ░\n");
	if (term != NULL && strcmp(term, "linux") != 0)
		printf("%s\n", _("This is no console of the machine: look at "
		    "its own screen as well."));
	if (setup_yes(s, _("Are all letters whole, dots below them too? (y/n)")))
		return true;
	printf("%s\n", _("Install chot-kiosk, which loads "
	    "Vietnamese-Fixed18: chot-kiosk-setup(8)."));
	return false;
}

/* ---- the walk ---------------------------------------------------------------------------------------- */

static const struct step {
	const char *name, *title;
	bool (*run)(struct setup *s);
} steps[] = {
	{ "language", "Tiếng Việt / English", step_language },
	{ "name", N_("The post's name"), step_name },
	{ "console", N_("The screen"), step_console },
	{ "keymap", N_("The keys"), setup_keymap },
	{ "network", N_("The network"), setup_network },
	{ "hub", N_("The hub"), setup_hub },
	{ "keys", N_("The post's own keys"), setup_keys },
	{ "rules", N_("The rules"), setup_rules },
	{ "devices", N_("Scanners and thermometers"), setup_devices },
	{ "printer", N_("The slip printer"), setup_printer },
	{ "relay", N_("The gate's relay"), setup_relay },
	{ "scan", N_("A scan, to try"), setup_scan },
	{ "temperature", N_("A temperature, to try"), setup_temperature },
	{ "slip", N_("A slip, to try"), setup_slip },
};

/* Again as often as wanted; false: leave. */
static bool
walk(struct setup *s, const struct step *step, struct err *err)
{
	for (;;) {
		bool good;

		printf("\n== %s\n", _(step->title));
		good = step->run(s);
		if (good && save(s, err) != 0)
			return false;
		printf("%s\n", good ? _("Done.") : _("Not done yet."));
		if (good)
			return true;
		setup_ask(s, _("Enter: go on, r: again, q: leave"), "");
		if (s->ended || s->answer[0] == 'q')
			return false;
		if (s->answer[0] != 'r') {
			size_t n = strlen(s->undone);

			snprintf(s->undone + n, sizeof(s->undone) - n, " %s",
			    step->name);
			return true;
		}
	}
}

/* What is there, or a post with one lane and nothing in it. It has an id from
 * the beginning: what is left at any step must be a configuration. */
static int
begin(struct setup *s, struct err *err)
{
	if (s->path == NULL)
		s->path = SYSCONFDIR "/chot/chot.conf";
	if (access(s->path, F_OK) == 0)
		return conf_load(s->path, &s->conf, err);
	conf_defaults(&s->conf);
	snprintf(s->conf.id, sizeof(s->conf.id), "ST-NEW");
	s->conf.nlanes = 1;
	snprintf(s->conf.lanes[0].title, sizeof(s->conf.lanes[0].title), "1");
	return 0;
}

static const struct step *
step_named(const char *name)
{
	for (size_t i = 0; i < nitems(steps); i++)
		if (strcmp(steps[i].name, name) == 0)
			return &steps[i];
	return NULL;
}

static int
run(struct setup *s, char *const names[], int n)
{
	struct err err = { 0 };
	bool go_on = true;

	if (begin(s, &err) != 0)
		return command_fail(&err);
	for (size_t i = 0; go_on && n == 0 && i < nitems(steps); i++)
		go_on = walk(s, &steps[i], &err);
	for (int i = 0; go_on && i < n; i++)
		go_on = walk(s, step_named(names[i]), &err);
	if (err.kind != ERR_NONE)
		return command_fail(&err);
	if (!go_on)
		return EX_TEMPFAIL;
	printf("\n%s: %s%s\n", s->path, s->undone[0] == '\0' ?
	    _("ready; start the station with chot") :
	    _("saved; still to do: chot setup"), s->undone);
	return s->undone[0] == '\0' ? EX_OK : EX_TEMPFAIL;
}

int
cmd_setup(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct setup s; /* large: its configuration */
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (c == 'h')
			return command_help("setup", _(options_help));
		if (c == 'c') {
			s.path = optarg;
			continue;
		}
		if (c != 'l')
			return command_usage("setup", _("unknown option"));
		for (size_t i = 0; i < nitems(steps); i++)
			printf("%-12s %s\n", steps[i].name, _(steps[i].title));
		return EX_OK;
	}
	for (int i = optind; i < argc; i++)
		if (step_named(argv[i]) == NULL)
			return command_usage("setup", _("no step \"%s\""),
			    argv[i]);
	return run(&s, argv + optind, argc - optind);
}
