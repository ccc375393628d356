/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config - verifies, prints and starts a configuration file.
 */
#include "parts.h"

#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "reader.h"

static const char options_text[] =
    N_("  check FILE     say whether FILE is in order, with every device in it\n"
       "  print          print the configuration with all its values\n"
       "  template       print a commented file to start from\n"
       "  -c FILE        the configuration (default /etc/chot/chot.conf)\n");

/* Printers and relays are not readers: their string is all there is to see. */
static int
check_plain(const struct device *device, struct err *err)
{
	switch (device->transport) {
	case TRANSPORT_SERIAL:
	case TRANSPORT_TCP:
	case TRANSPORT_EXEC:
	case TRANSPORT_LP:
		return 0;
	default:
		return err_set(err, ERR_SETUP,
		    "a printer or relay is serial:, tcp:, lp: or exec:");
	}
}

/* Readers by role; a role of -1 is no reader. */
static int
check_devices(const struct conf_devices *devices, int role, struct err *err)
{
	for (size_t i = 0; i < devices->count; i++) {
		struct device device;

		if (device_parse(devices->device[i], &device, err) < 0 ||
		    (role < 0 ? check_plain(&device, err) :
		    reader_check((enum reader_role)role, &device, err)) < 0)
			return err_within(err, "%s", devices->device[i]);
	}
	return 0;
}

static int
check_lane(const struct conf_lane *lane, struct err *err)
{
	const struct {
		const struct conf_devices *devices;
		int role;
		const char *name;
	} all[] = {
		{ &lane->scanner, ROLE_SCANNER, "scanner" },
		{ &lane->camera, ROLE_CAMERA, "camera" },
		{ &lane->thermometer, ROLE_THERMOMETER, "thermometer" },
		{ &lane->printer, -1, "printer" },
		{ &lane->relay, -1, "relay" },
	};

	for (size_t i = 0; i < nitems(all); i++)
		if (check_devices(all[i].devices, all[i].role, err) < 0)
			return err_within(err, "lane %s: %s", lane->title,
			    all[i].name);
	return 0;
}

/* A port can be read by one program: two entries for it are a mistake. */
static int
check_twice(const struct conf *conf, struct err *err)
{
	char seen[CONF_LANES_MAX * CONF_DEVICES_MAX * 5][CONF_DEVICE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < conf->nlanes; i++) {
		const struct conf_lane *lane = &conf->lanes[i];
		const struct conf_devices *all[] = { &lane->scanner,
		    &lane->camera, &lane->thermometer, &lane->printer,
		    &lane->relay };

		for (size_t k = 0; k < nitems(all); k++)
			for (size_t d = 0; d < all[k]->count; d++) {
				struct device device;

				if (device_parse(all[k]->device[d], &device,
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

static int
check(const char *path, const struct conf *conf)
{
	struct err err = { .kind = ERR_NONE };

	for (size_t i = 0; i < conf->nlanes; i++)
		if (check_lane(&conf->lanes[i], &err) < 0) {
			err_within(&err, "%s", path);
			return command_fail(&err);
		}
	if (check_twice(conf, &err) < 0) {
		err_within(&err, "%s", path);
		return command_fail(&err);
	}
	printf(_("%s: in order; station %s, %zu lanes\n"), path, conf->id,
	    conf->nlanes);
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
