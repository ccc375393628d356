/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main - chot-camera: a camera's frames in, event lines out.
 *
 * A program of its own, since zbar brings X11 and D-Bus along and decodes
 * what strangers hold before a lens: it has a memory limit, dies with the
 * station that started it, and may crash without harm.
 */
#include "parts.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "reader.h"

#define MAIN_OK_MS 5000               /* between two signs of life */
/* Bytes of data. Video has frames of a known size; a picture may be large. */
#define MAIN_VIDEO_MEMORY_MAX (128ul << 20)
#define MAIN_PICTURE_MEMORY_MAX (384ul << 20)

static const struct option options[] = {
	{ "explain", no_argument, NULL, 'e' },
	{ "readings", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char usage_text[] =
    "usage: chot-camera [-n N] DEVICE\n"
    "       chot-camera --explain PICTURE OUT.png\n"
    "\n"
    "Print the QR codes that a camera sees as event lines, chot-reader(7).\n"
    "\n"
    "  v4l2:PATH     a camera; options size=1280x720, rate=10,\n"
    "                focus=near, auto or a number\n"
    "  http://HOST[:PORT]/PATH, https://...\n"
    "                a camera in the network: a stream of JPEGs, or one\n"
    "                JPEG, asked for rate=10 times a second\n"
    "  images:DIR    every picture of a folder once, sorted by name\n"
    "  y4m:PATH      a Y4M file, or a FIFO that somebody writes Y4M into\n"
    "\n"
    "  All take codes=qr+code128+code39+ean: what to look for besides QR codes.\n"
    "\n"
    "  -n, --readings N   end after N readings\n"
    "      --explain      draw what each stage saw of one picture: OUT.png,\n"
    "                     and OUT-1-dark.png to OUT-5-read.png\n"
    "  -h, --help         this text\n"
    "  -V, --version      the version\n";

static int
fail(const struct err *err)
{
	fprintf(stderr, "chot-camera: %s\n", err->text);
	return err_exit_status(err);
}

static int
usage(const char *words)
{
	fprintf(stderr, "chot-camera: %s; see chot-camera --help\n", words);
	return EX_USAGE;
}

/* Event lines get a descriptor of their own: what a library may print on
 * standard output goes where errors go. */
static int
claim_output(struct err *err)
{
	int fd = dup(STDOUT_FILENO);

	if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return err_set(err, ERR_SETUP, "standard output: %s",
		    strerror(errno));
	return fd;
}

/* The sanitizers reserve terabytes; there the limit would end us at once. */
static void
limit_memory(unsigned long most)
{
#if !defined(__SANITIZE_ADDRESS__)
	struct rlimit limit = { most, most };

	setrlimit(RLIMIT_DATA, &limit);
#else
	(void)most;
#endif
}

static void
on_ok(void *arg)
{
	struct camera *camera = arg;

	stuck_not();
	report_ok(&camera->report);
	if (report_done(&camera->report))
		loop_stop(camera->loop);
	loop_at(camera->loop, loop_now_ms(camera->loop) + MAIN_OK_MS, on_ok,
	    camera);
}

static void
on_term(void *arg, int signo)
{
	struct camera *camera = arg;

	(void)signo;
	loop_stop(camera->loop);
}

#define BIT(n) (1u << (n))
#define NET (BIT(TRANSPORT_URL) | BIT(TRANSPORT_URLS))

static bool
knows(enum transport transport, const char *option)
{
	static const struct {
		const char *name;
		unsigned transports;
	} known[] = {
		{ "size", BIT(TRANSPORT_V4L2) },
		{ "rate", BIT(TRANSPORT_V4L2) | NET },
		{ "focus", BIT(TRANSPORT_V4L2) },
		{ "codes", ~0u },
	};

	for (size_t i = 0; i < nitems(known); i++)
		if ((known[i].transports & BIT(transport)) &&
		    strcmp(option, known[i].name) == 0)
			return true;
	return false;
}

static int
follow(struct camera *camera, const struct device *device, struct err *err)
{
	const char *also = device_option(device, "codes");

	for (size_t i = 0; i < device->noptions; i++)
		if (!knows(device->transport, device->options[i].name))
			return err_set(err, ERR_SETUP, "unknown option %s",
			    device->options[i].name);
	if (also != NULL && look_also(camera->look, also, err) != 0)
		return -1;
	if (device->transport == TRANSPORT_V4L2)
		return v4l2_run(camera, device, err);
	if (NET & BIT(device->transport))
		return http_run(camera, device, err);
	if (device->transport == TRANSPORT_IMAGES)
		return still_run(camera, device->path, err);
	if (device->transport == TRANSPORT_Y4M)
		return stream_run(camera, device->path, err);
	return err_set(err, ERR_SETUP,
	    "a camera is v4l2:PATH, http://HOST, images:DIR or y4m:PATH");
}

static int64_t
clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int
run(struct camera *camera, const struct device *device, struct err *err)
{
	int got;

	camera->loop = loop_new(err);
	if (camera->loop == NULL)
		return -1;
	camera->look = look_new(err);
	if (camera->look == NULL ||
	    loop_signal(camera->loop, SIGTERM, on_term, camera, err) != 0 ||
	    loop_signal(camera->loop, SIGINT, on_term, camera, err) != 0)
		return -1;
	look_clock(camera->look, clock_us);
	report_hello(&camera->report);
	on_ok(camera);
	got = follow(camera, device, err);
	if (got != 0)
		report_fault(&camera->report, NULL, err->text);
	return got;
}

static int
read_device(const char *text, long limit)
{
	struct camera *camera;
	struct device device;
	struct err err = { .kind = ERR_NONE };
	int fd, got;

	if (device_parse(text, &device, &err) != 0)
		return fail(&err);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (device.transport != TRANSPORT_IMAGES)
		limit_memory(MAIN_VIDEO_MEMORY_MAX);
	fd = claim_output(&err);
	camera = calloc(1, sizeof(*camera));
	if (camera == NULL)
		mem_none();
	reader_confine("camera", &device);
	if (fd < 0)
		return fail(&err);
	report_init(&camera->report, fd, limit);
	stuck_watch(fd);
	got = run(camera, &device, &err);
	look_free(camera->look);
	loop_free(camera->loop);
	free(camera);
	return got != 0 ? fail(&err) : EX_OK;
}

int
main(int argc, char **argv)
{
	struct err err = { .kind = ERR_NONE };
	bool explaining = false;
	long limit = 0;
	char *rest;
	int c;

	while ((c = getopt_long(argc, argv, "n:hV", options, NULL)) != -1)
		switch (c) {
		case 'e':
			explaining = true;
			break;
		case 'n':
			limit = strtol(optarg, &rest, 10);
			if (*rest != '\0' || limit < 1)
				return usage("-n takes a number from 1");
			break;
		case 'h':
			fputs(usage_text, stdout);
			return EX_OK;
		case 'V':
			printf("chot-camera %s\n", PACKAGE_VERSION);
			return EX_OK;
		default:
			return EX_USAGE;
		}
	signal(SIGPIPE, SIG_IGN);
	limit_memory(MAIN_PICTURE_MEMORY_MAX);
	confine_basics();
	if (explaining && optind + 2 == argc)
		return explain(argv[optind], argv[optind + 1], &err) != 0 ?
		    fail(&err) : EX_OK;
	if (explaining)
		return usage("--explain takes a picture and where to draw");
	if (optind + 1 != argc)
		return usage("one device is needed");
	return read_device(argv[optind], limit);
}
