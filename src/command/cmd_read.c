/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read - one device as event lines (chot-reader(7)). Cameras are read by
 * chot-camera, a program of its own: zbar drags in X11 and D-Bus.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "reader.h"

#define READINGS_MAX 1000000000L

static const char options_text[] =
    N_("  -n N     end after N readings\n"
       "DEVICE is TRANSPORT:PATH[,option=value]...; transports: serial, tcp,\n"
       "exec, trace; for cameras also v4l2, images, y4m. Commands (trigger,\n"
       "beep) are read from standard input. Protocols and options:\n");

static bool
is_camera(const struct device *device)
{
	return device->transport == TRANSPORT_V4L2 ||
	    device->transport == TRANSPORT_IMAGES ||
	    device->transport == TRANSPORT_Y4M;
}

/* Becomes chot-camera; comes back only when that is not possible. */
static int
become_camera(const char *device, long readings)
{
	struct err err;
	char path[PATH_MAX], text[512], n[32];
	char option[] = "-n";
	char *plain[] = { path, text, NULL };
	char *limited[] = { path, option, n, text, NULL };

	snprintf(path, sizeof(path), "%s/chot-camera", command_libexec());
	snprintf(text, sizeof(text), "%s", device);
	snprintf(n, sizeof(n), "%ld", readings);
	execv(path, readings > 0 ? limited : plain);
	err_set(&err, ERR_ABSENT, "%s: %s", path, strerror(errno));
	return command_fail(&err);
}

static int
help(void)
{
	command_help("read", _(options_text));
	reader_print_help(stdout);
	return EX_OK;
}

static int
parse_readings(const char *text, long *readings)
{
	char *end;

	errno = 0;
	*readings = strtol(text, &end, 10);
	return end == text || *end != '\0' || errno != 0 || *readings < 1 ||
	    *readings > READINGS_MAX ? -1 : 0;
}

int
cmd_read(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "number", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct reader_options options = { .in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO };
	struct err err = { .kind = ERR_NONE };
	enum reader_role role;
	struct device device;
	int option;

	while ((option = getopt_long(argc, argv, "n:h", longs, NULL)) != -1) {
		if (option == 'h')
			return help();
		if (option != 'n')
			return command_usage("read", _("bad option"));
		if (parse_readings(optarg, &options.readings) < 0)
			return command_usage("read",
			    _("-n takes a number from 1 on"));
	}
	if (argc - optind != 2)
		return command_usage("read", _("say ROLE and DEVICE"));
	if (reader_role_parse(argv[optind], &role) < 0)
		return command_usage("read", _("ROLE is scanner, "
		    "thermometer, camera or plate"));
	if (device_parse(argv[optind + 1], &device, &err) < 0 ||
	    reader_check(role, &device, &err) < 0)
		return command_fail(&err);
	if (is_camera(&device))
		return become_camera(argv[optind + 1], options.readings);
	reader_confine(argv[optind], &device);
	if (reader_run(role, &device, &options, &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
