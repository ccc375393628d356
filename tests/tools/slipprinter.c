/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slipprinter - an ESC/POS printer behind a pseudo terminal, or of a file,
 * that draws what it would print (src/actuator/testpaper.c).
 *
 * usage: slipprinter LINK DOTS PICTURE.pbm|.png
 *        slipprinter - DOTS PICTURE.pbm|.png <BYTES
 *
 * The paper is written by the command "save"; of BYTES, at their end.
 * Commands besides open, close, stall, go: "paper ok|low|out", "cover open|shut",
 * "offline", "online", "mute", "speak" (answers), "deaf" (answers DLE EOT but not GS r), "new"
 * (fresh paper). Each cut is a line "cut ROWS"; bytes that are no command it
 * knows, outside of text, are "noise HEX".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "actuator.h"
#include "emulator.h"

struct machine {
	struct emulator emulator;
	struct testpaper *paper;
	const char *picture;
};

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct machine *m = arg;

	if (m->emulator.loop != NULL)
		emulator_send(&m->emulator, bytes, n);
}

static void
on_say(void *arg, const char *line)
{
	(void)arg;
	puts(line);
}

static void
on_bytes(void *arg, const unsigned char *bytes, size_t n)
{
	testpaper_bytes(((struct machine *)arg)->paper, bytes, n);
}

static bool
on_command(void *arg, const char *line)
{
	struct machine *m = arg;

	if (strcmp(line, "save") == 0)
		return testpaper_save(m->paper, m->picture, NULL) == 0;
	return testpaper_command(m->paper, line);
}

int
main(int argc, char **argv)
{
	struct machine m = { .emulator = { .bytes = on_bytes,
		.command = on_command, .arg = &m } };
	const struct testpaper_calls calls = { on_send, on_say, &m };
	long dots = argc == 4 ? atol(argv[2]) : 0;
	unsigned char bytes[4096];
	ssize_t n;
	int done;

	if (dots < 8 || dots % 8 != 0) {
		fprintf(stderr,
		    "usage: slipprinter LINK|- DOTS PICTURE.pbm|.png\n");
		return 64;
	}
	m.picture = argv[3];
	m.emulator.link = argv[1];
	m.paper = testpaper_new((size_t)dots, &calls);
	if (strcmp(argv[1], "-") == 0) {
		while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
			on_bytes(&m, bytes, (size_t)n);
		done = testpaper_save(m.paper, m.picture, NULL) == 0 ? 0 : 74;
	} else {
		done = emulator_run(&m.emulator);
	}
	testpaper_free(m.paper);
	return done;
}
