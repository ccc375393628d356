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
#define TEST_SECONDS 60

static const char options_text[] = N_(
    "  -n, --number N       end after N readings\n"
    "      --test           ask for the codes of the scanner test page, and say\n"
    "                       what is wrong with the scanner's settings\n"
    "  -t, --time SECONDS   with --test: wait so long for a scan (60)\n");
static const char device_text[] = N_(
    "DEVICE is TRANSPORT:PATH[,option=value]...; transports: serial, tcp,\n"
    "exec, trace; for cameras also v4l2, images, y4m, http, https; for plates\n"
    "http. Commands (trigger, beep) are read from standard input. Protocols\n"
    "and options:\n");

/* Becomes chot-camera or chot-plates, each with libraries of its own; comes
 * back only when that is not possible. */
static int
become(const char *program, const char *device, long readings)
{
	struct err err;
	char path[PATH_MAX], text[512], n[32];
	char option[] = "-n";
	char *plain[] = { path, text, NULL };
	char *limited[] = { path, option, n, text, NULL };

	snprintf(path, sizeof(path), "%s/%s", command_libexec(), program);
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
	printf("\n%s", _(device_text));
	reader_print_help(stdout);
	return EX_OK;
}

static int
parse_number(const char *text, long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	return end == text || *end != '\0' || errno != 0 || *number < 1 ||
	    *number > READINGS_MAX ? -1 : 0;
}

int
cmd_read(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "number", required_argument, NULL, 'n' },
		{ "test", no_argument, NULL, 'T' },
		{ "time", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct reader_options options = { .in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO };
	struct err err = { .kind = ERR_NONE };
	enum reader_role role;
	struct device device;
	long wait_s = TEST_SECONDS;
	bool test = false;
	int option;

	while ((option = getopt_long(argc, argv, "n:t:h", longs, NULL)) != -1) {
		if (option == 'h')
			return help();
		if (option == 'T') {
			test = true;
			continue;
		}
		if (option == 't' && parse_number(optarg, &wait_s) == 0)
			continue;
		if (option != 'n')
			return command_usage("read", _("bad option"));
		if (parse_number(optarg, &options.readings) < 0)
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
	if (reader_is_camera(&device))
		return become("chot-camera", argv[optind + 1],
		    options.readings);
	if (device.transport == TRANSPORT_HTTP)
		return become("chot-plates", argv[optind + 1],
		    options.readings);
	if (test && role != ROLE_SCANNER)
		return command_usage("read", _("--test is for scanners"));
	reader_confine(argv[optind], &device);
	if (test)
		return reader_test(&device, wait_s, stdout, &err) < 0 ?
		    command_fail(&err) : EX_OK;
	if (reader_run(role, &device, &options, &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
