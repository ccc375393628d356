/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plate_main - chot-plates: events of plate cameras in, event lines out.
 *
 * Started by `chot read plate http:ADDRESS:PORT`. It listens on a numeric
 * address only, and gives up all else before the first event.
 */
#include "plates.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#define OK_MS 5000
#define BACKLOG 16
#define READINGS_MAX 1000000000L

static const char usage_text[] =
    "usage: chot-plates [-n N] http:ADDRESS:PORT[,from=ADDRESS]\n"
    "\n"
    "Take events of plate cameras by HTTP (JSON, XML, forms) and print their\n"
    "plates as event lines, chot-reader(7).\n"
    "\n"
    "  from=ADDRESS       hear this camera alone\n"
    "  -n, --number N     end after N readings\n"
    "  -h, --help         this text\n"
    "  -V, --version      the version\n";

struct plates {
	struct loop *loop;
	struct settings settings;
	struct intake intake; /* the same plate again is the same event */
	long readings, limit;
	char line[EVENT_LINE_MAX + 2];
};

static void
on_event(void *arg, const struct event *event)
{
	struct plates *p = arg;
	size_t n = event_print(event, p->line);

	p->line[n++] = '\n';
	if (write(STDOUT_FILENO, p->line, n) != (ssize_t)n)
		loop_stop(p->loop);
	if (event->kind == EVENT_PLATE && ++p->readings == p->limit)
		loop_stop(p->loop);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	(void)arg; /* there is nobody to send commands to */
	(void)bytes;
	(void)n;
}

static void
on_plate(void *arg, const char *plate)
{
	struct plates *p = arg;
	int64_t now_ms = loop_now_ms(p->loop);

	intake_bytes(&p->intake, (const unsigned char *)plate, strlen(plate),
	    now_ms);
	intake_bytes(&p->intake, (const unsigned char *)"\r", 1, now_ms);
}

/* Heartbeats are events without a plate, too: that is no fault. */
static void
on_unknown(void *arg)
{
	(void)arg;
}

static void
on_ok(void *arg)
{
	struct plates *p = arg;
	static const struct event ok = { .kind = EVENT_OK };

	on_event(p, &ok);
	loop_at(p->loop, loop_now_ms(p->loop) + OK_MS, on_ok, p);
}

static void
on_signal(void *arg, int signo)
{
	(void)signo;
	loop_stop(((struct plates *)arg)->loop);
}

/* The address is of a configuration, mostly. */
static int
open_listener(const char *address, struct err *err)
{
	int fd = socket_listen(address, BACKLOG, err);

	if (fd < 0 && err->kind == ERR_USAGE)
		err->kind = ERR_SETUP;
	return fd;
}

static int
serve(struct plates *p, const struct device *device, int fd, struct err *err)
{
	const struct sink sink = { on_event, on_send, p };
	static const struct event hello = { .kind = EVENT_HELLO, .version = 1,
		.word = "plate" };
	const struct serve_setup setup = { p->loop, fd,
		device_option(device, "from"), on_plate, on_unknown, p };
	struct serve *server;
	int done;

	if (loop_signal(p->loop, SIGTERM, on_signal, p, err) < 0 ||
	    loop_signal(p->loop, SIGINT, on_signal, p, err) < 0)
		return -1;
	intake_init(&p->intake, &p->settings, &sink);
	server = serve_start(&setup, err);
	if (server == NULL)
		return -1;
	reader_confine("plates", device);
	on_event(p, &hello);
	on_ok(p);
	done = loop_run(p->loop, err);
	serve_stop(server);
	return done;
}

static int
run(const char *text, long limit, struct err *err)
{
	struct plates *p = calloc(1, sizeof(*p));
	struct device device;
	int fd = -1, done = -1;

	if (p == NULL)
		mem_none();
	p->limit = limit;
	if (device_parse(text, &device, err) == 0 &&
	    settings_fill(ROLE_PLATE, &device, &p->settings, err) == 0 &&
	    (device.transport == TRANSPORT_HTTP || err_set(err, ERR_USAGE,
	    "chot-plates takes http:ADDRESS:PORT") == 0))
		fd = open_listener(device.path, err);
	if (fd >= 0) {
		p->loop = loop_new(err);
		done = p->loop != NULL ? serve(p, &device, fd, err) : -1;
	}
	loop_free(p->loop);
	free(p);
	return done;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "number", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct err err = { .kind = ERR_NONE };
	long limit = 0;
	char *end = argv[0];
	int c;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	confine_basics();
	while ((c = getopt_long(argc, argv, "n:hV", longs, NULL)) != -1) {
		if (c == 'h' || c == 'V') {
			printf("%s", c == 'h' ? usage_text :
			    "chot-plates " PACKAGE_VERSION "\n");
			return EX_OK;
		}
		limit = c == 'n' ? strtol(optarg, &end, 10) : -1;
		if (*end != '\0' || limit < 1 || limit > READINGS_MAX)
			break;
		end = argv[0] + strlen(argv[0]);
	}
	if (c != -1 || argc - optind != 1) {
		fprintf(stderr, "chot-plates: see chot-plates --help\n");
		return EX_USAGE;
	}
	if (run(argv[optind], limit, &err) == 0)
		return EX_OK;
	fprintf(stderr, "chot-plates: %s\n", err.text);
	return err_exit_status(&err);
}
