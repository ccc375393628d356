/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serialdevice - a thermometer or a scanner behind a pseudo terminal
 * (src/reader/testthermo.c, src/reader/testscanner.c).
 *
 * usage: serialdevice LINK thermometer|scanner PROTOCOL
 *
 * Commands: those of the device (include/reader.h), and open, close, stall,
 * go (emulator.c). What the device says are lines on standard output.
 */
#include <stdio.h>
#include <string.h>

#include "emulator.h"
#include "reader.h"

struct machine {
	struct emulator emulator;
	struct testthermo *thermo;   /* one of both */
	struct testscanner *scanner;
	int timer;
};

static void
on_timer(void *arg)
{
	struct machine *m = arg;
	int64_t now_ms = loop_now_ms(m->emulator.loop), at_ms;

	loop_cancel(m->emulator.loop, m->timer);
	at_ms = m->thermo != NULL ? testthermo_tick(m->thermo, now_ms) :
	    testscanner_tick(m->scanner, now_ms);
	m->timer = at_ms < 0 ? 0 :
	    loop_at(m->emulator.loop, at_ms, on_timer, m);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	emulator_send(&((struct machine *)arg)->emulator, bytes, n);
}

static void
on_say(void *arg, const char *line)
{
	(void)arg;
	puts(line);
	fflush(stdout);
}

static void
on_bytes(void *arg, const unsigned char *bytes, size_t n)
{
	struct machine *m = arg;
	int64_t now_ms = loop_now_ms(m->emulator.loop);

	if (m->thermo != NULL)
		testthermo_bytes(m->thermo, bytes, n, now_ms);
	else
		testscanner_bytes(m->scanner, bytes, n, now_ms);
	on_timer(m);
}

static bool
on_command(void *arg, const char *line)
{
	struct machine *m = arg;
	bool done = m->thermo != NULL ? testthermo_command(m->thermo, line) :
	    testscanner_command(m->scanner, line,
	    loop_now_ms(m->emulator.loop));

	on_timer(m);
	return done;
}

int
main(int argc, char **argv)
{
	struct machine m = { .emulator = { .bytes = on_bytes,
		.command = on_command, .started = on_timer, .arg = &m } };
	const struct testdevice_calls calls = { on_send, on_say, &m };
	int done;

	if (argc == 4 && strcmp(argv[2], "thermometer") == 0)
		m.thermo = testthermo_new(argv[3], &calls);
	else if (argc == 4)
		m.scanner = testscanner_new(argv[3], &calls);
	if (m.thermo == NULL && m.scanner == NULL) {
		fprintf(stderr, "usage: serialdevice LINK "
		    "thermometer|scanner PROTOCOL\n");
		return 64;
	}
	m.emulator.link = argv[1];
	done = emulator_run(&m.emulator);
	testthermo_free(m.thermo);
	testscanner_free(m.scanner);
	return done;
}
