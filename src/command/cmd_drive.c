/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drive - one actuator (chot-actuator(7)): command lines in, answers out.
 */
#include "parts.h"

#include <getopt.h>
#include <sysexits.h>
#include <unistd.h>

#include "actuator.h"

static const char options_text[] = N_(
    "  --log FILE     a printer's log of prints, without persons\n"
    "  --sounds DIR   WAV files for the order \"words\": DIR/NAME.wav\n");
static const char device_text[] = N_(
    "DEVICE is TRANSPORT:PATH[,option=value]...; transports: serial, tcp;\n"
    "for printers also lp and exec; for sound exec and lp. Orders are read\n"
    "from standard input. Protocols and options:\n");

static int
help(void)
{
	command_help("drive", _(options_text));
	printf("\n%s", _(device_text));
	actuator_print_help(stdout);
	return EX_OK;
}

int
cmd_drive(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "log", required_argument, NULL, 'l' },
		{ "sounds", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct actuator_options options = { .in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO };
	struct err err = { .kind = ERR_NONE };
	enum actuator_role role;
	struct device device;
	int option;

	while ((option = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (option == 'h')
			return help();
		if (option == 'l')
			options.log = optarg;
		else if (option == 's')
			options.sounds = optarg;
		else
			return command_usage("drive", _("bad option"));
	}
	if (argc - optind != 2)
		return command_usage("drive", _("say ROLE and DEVICE"));
	if (actuator_role_parse(argv[optind], &role) < 0)
		return command_usage("drive",
		    _("ROLE is printer, relay or sound"));
	if (device_parse(argv[optind + 1], &device, &err) < 0)
		return command_fail(&err);
	actuator_confine(role, &device, &options);
	if (actuator_run(role, &device, &options, &err) < 0)
		return command_fail(&err);
	return EX_OK;
}
