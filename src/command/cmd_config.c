/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config - verifies, prints and starts a configuration file.
 */
#include "parts.h"

#include <getopt.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "actuator.h"
#include "policy.h"
#include "reader.h"
#include "screen.h"

static const char options_text[] =
    N_("  check FILE     say whether FILE is in order, with every device in it\n"
       "  print          print the configuration with all its values\n"
       "  template       print a commented file to start from\n"
       "  -c, --config FILE\n"
       "                 the configuration (/etc/chot/chot.conf)\n");

/* Every device of a lane, by the room that will open it. */
struct entry {
	const struct conf_devices *devices;
	bool is_reader;
	int role;
	const char *name;
};

#define ENTRIES 9

static void
entries_of(const struct conf_lane *lane, struct entry out[ENTRIES])
{
	const struct entry all[ENTRIES] = {
		{ &lane->scanner, true, ROLE_SCANNER, "scanner" },
		{ &lane->camera, true, ROLE_CAMERA, "camera" },
		{ &lane->thermometer, true, ROLE_THERMOMETER, "thermometer" },
		{ &lane->plate, true, ROLE_PLATE, "plate" },
		{ &lane->printer, false, ACTUATOR_PRINTER, "printer" },
		{ &lane->relay, false, ACTUATOR_RELAY, "relay" },
		{ &lane->booth, false, ACTUATOR_RELAY, "booth" },
		{ &lane->lamp, false, ACTUATOR_RELAY, "lamp" },
		{ &lane->sound, false, ACTUATOR_SOUND, "sound" },
	};

	memcpy(out, all, sizeof(all));
}

static int
check_entry(const struct entry *entry, struct err *err)
{
	for (size_t i = 0; i < entry->devices->count; i++) {
		struct device device;

		if (device_parse(entry->devices->device[i], &device, err) < 0 ||
		    (entry->is_reader ?
		    reader_check((enum reader_role)entry->role, &device, err) :
		    actuator_check((enum actuator_role)entry->role, &device,
		    err)) < 0)
			return err_within(err, "%s",
			    entry->devices->device[i]);
	}
	/* Of these a lane has one each. */
	if (!entry->is_reader && entry->devices->count > 1)
		return err_set(err, ERR_SETUP, _("a lane has one of these"));
	return 0;
}

static int
check_lane(const struct conf_lane *lane, struct err *err)
{
	struct entry all[ENTRIES];

	entries_of(lane, all);
	for (size_t i = 0; i < ENTRIES; i++)
		if (check_entry(&all[i], err) < 0)
			return err_within(err, "lane %s: %s", lane->title,
			    all[i].name);
	if (lane->booth_s > 0 && lane->booth.count == 0 &&
	    lane->relay.count == 0)
		return err_set(err, ERR_SETUP,
		    _("lane %s: booth_seconds without a relay"), lane->title);
	return 0;
}

/* A port can be read by one program: two entries for it are a mistake. */
static int
check_twice(const struct conf *conf, struct err *err)
{
	char seen[CONF_LANES_MAX * CONF_DEVICES_MAX * ENTRIES][CONF_DEVICE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < conf->nlanes; i++) {
		struct entry all[ENTRIES];

		entries_of(&conf->lanes[i], all);
		for (size_t k = 0; k < ENTRIES; k++)
			for (size_t d = 0; d < all[k].devices->count; d++) {
				struct device device;

				if (device_parse(all[k].devices->device[d], &device,
				    err) < 0)
					return -1;
				if (device.transport != TRANSPORT_SERIAL &&
				    device.transport != TRANSPORT_V4L2)
					continue;
				for (size_t s = 0; s < n; s++)
					if (strcmp(seen[s], device.path) == 0)
						return err_set(err, ERR_SETUP,
						    "%s is used twice",
						    device.path);
				strcpy(seen[n++], device.path);
			}
	}
	return 0;
}

/* The rules may come later, by the hub; those that are here must load. */
static int
check_rules(const struct conf *conf, struct err *err)
{
	struct policy *policy;

	if (access(conf->policy, F_OK) != 0) {
		fprintf(stderr, _("chot: there are no rules yet: %s\n"),
		    conf->policy);
		return 0;
	}
	policy = policy_load(conf->policy, conf->utc_offset_s, err);
	if (policy == NULL)
		return err_within(err, "policy");
	policy_free(policy);
	return 0;
}

/* Translations are data: their large words must fit the smallest screen. */
static int
check_words(const struct conf *conf, struct err *err)
{
	static const struct {
		const char *name;
		enum language language;
	} all[] = { { "vi", LANGUAGE_VI }, { "en", LANGUAGE_EN } };

	for (size_t i = 0; i < nitems(all); i++) {
		const char *wrong;

		if (conf->language[0] != '\0' &&
		    strcmp(conf->language, all[i].name) != 0)
			continue;
		wrong = screen_check_words(all[i].language);
		if (wrong[0] != '\0')
			return err_set(err, ERR_SETUP, "language %s: %s",
			    all[i].name, wrong);
	}
	return 0;
}

static int
check(const char *path, const struct conf *conf)
{
	struct err err = { .kind = ERR_NONE };
	char good[CONF_PATH_MAX + 128];

	for (size_t i = 0; i < conf->nlanes; i++)
		if (check_lane(&conf->lanes[i], &err) < 0) {
			err_within(&err, "%s", path);
			return command_fail(&err);
		}
	/* In the language of who asks: to check the words takes others. */
	snprintf(good, sizeof(good), _("%s: in order; station %s, %zu lanes\n"),
	    path, conf->id, conf->nlanes);
	if (check_twice(conf, &err) < 0 || check_rules(conf, &err) < 0 ||
	    check_words(conf, &err) < 0) {
		err_within(&err, "%s", path);
		return command_fail(&err);
	}
	fputs(good, stdout);
	return EX_OK;
}

int
cmd_config(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct err err = { .kind = ERR_NONE };
	const char *path = NULL, *verb;
	struct conf conf;
	int option;

	while ((option = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
		if (option == 'h')
			return command_help("config", _(options_text));
		if (option != 'c')
			return command_usage("config", _("bad option"));
		path = optarg;
	}
	verb = optind < argc ? argv[optind++] : "";
	if (strcmp(verb, "check") == 0 && path == NULL && optind < argc)
		path = argv[optind++];
	if (optind < argc)
		return command_usage("config", _("too many arguments"));
	if (strcmp(verb, "template") == 0) {
		conf_print_template(stdout);
		return EX_OK;
	}
	if (strcmp(verb, "check") != 0 && strcmp(verb, "print") != 0)
		return command_usage("config",
		    _("say check, print or template"));
	if (conf_load(path, &conf, &err) < 0)
		return command_fail(&err);
	if (strcmp(verb, "check") == 0)
		return check(path == NULL ? "chot.conf" : path, &conf);
	conf_print(&conf, stdout);
	return EX_OK;
}
