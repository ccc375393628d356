/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * demo_devices - the simulated devices of `chot demo`: a scanner and a
 * thermometer behind ptys, a camera behind a FIFO, played by a script; a
 * printer and a relay board behind ptys (demo_outputs.c). The station and its
 * readers notice no difference: the bytes are the devices'.
 *
 * A script is lines of text (chot(1), DEMO):
 *   next            wait until the lane is ready, or has shown a PASS for a while
 *   ready           wait until the lane is ready
 *   pause MS
 *   scan TEXT       the scanner reads TEXT
 *   temp C          somebody of this forehead temperature comes close
 *   camera FILE     the camera sees the code of a plain PBM file (P1)
 *   unplug MS       the thermometer is pulled out for so long
 *   until S         wait until S seconds have passed since the first line
 * After the last line it starts again at the first.
 */
#include "parts.h"
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#define OFFSET_MC 900      /* what the post adds (its offset option) */
#define PERSON_MS 2600     /* how long somebody stands close */
#define POLL_MS 100
#define PASS_SHOWN_MS 4000
#define SCRIPT_MAX (1u << 20)
#define CAMERA_COLS 400
#define CAMERA_ROWS 300
#define CAMERA_FRAMES 12
#define CODE_SIDE_MAX 180

struct devices {
	struct loop *loop;
	char dir[PATH_MAX / 2], base[PATH_MAX / 2]; /* post; the script's folder */
	int scanner, thermometer, camera;
	char *script, *at; /* whole text; next line */
	struct testscanner *scanning;
	struct testthermo *measuring;
	int leaving; /* the timer of whoever stands close */
	int64_t pass_since_ms;
	int64_t begun_ms; /* when the first line was played */
	unsigned char *frame; /* one Y4M frame */
	size_t frame_len, frame_sent;
	int frames_left;
};

static void step(void *arg);

/* ---- ptys ------------------------------------------------------------------------ */

int
demo_pty(const char *dir, const char *name, struct err *err)
{
	char link[PATH_MAX];
	struct termios raw;
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0)
		return err_set(err, ERR_ABSENT, "pty: %s", strerror(errno));
	/* Nothing of what is sent before a reader opens it is echoed. */
	tcgetattr(fd, &raw);
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	snprintf(link, sizeof(link), "%s/dev/%s", dir, name);
	unlink(link);
	if (symlink(ptsname(fd), link) != 0)
		return err_set(err, ERR_ABSENT, "%s: %s", link, strerror(errno));
	return fd;
}

static void
send_bytes(int fd, const void *bytes, size_t n)
{
	/* A full pty is a device whose reader is gone: its bytes are lost. */
	if (fd >= 0 && write(fd, bytes, n) < 0 && errno != EAGAIN &&
	    errno != EIO)
		log_line(0, LOG_LEVEL_WARN, "demo: %s", strerror(errno));
}

/* ---- scanner and thermometer ------------------------------------------------------------ */

static void
on_scanner_bytes(void *arg, const unsigned char *bytes, size_t n)
{
	send_bytes(((struct devices *)arg)->scanner, bytes, n);
}

static void
on_thermo_bytes(void *arg, const unsigned char *bytes, size_t n)
{
	send_bytes(((struct devices *)arg)->thermometer, bytes, n);
}

static void
on_said(void *arg, const char *line)
{
	(void)arg;
	log_line(0, LOG_LEVEL_WARN, "demo: %s", line);
}

static void
make_inputs(struct devices *d)
{
	const struct testdevice_calls scanner = { on_scanner_bytes, on_said, d };
	const struct testdevice_calls thermo = { on_thermo_bytes, on_said, d };

	d->scanning = testscanner_new("line", &scanner);
	d->measuring = testthermo_new("gy-mcu90614", &thermo);
	testthermo_command(d->measuring, "jitter 40"); /* as a skin has */
}

static void
on_measuring(void *arg)
{
	struct devices *d = arg;

	loop_at(d->loop, testthermo_tick(d->measuring,
	    loop_now_ms(d->loop)), on_measuring, d);
}

static void
on_leaving(void *arg)
{
	struct devices *d = arg;

	d->leaving = 0;
	testthermo_see(d->measuring, 0);
}

static void
come_close(struct devices *d, double celsius)
{
	testthermo_see(d->measuring, (int32_t)(celsius * 1000) - OFFSET_MC);
	loop_cancel(d->loop, d->leaving);
	d->leaving = loop_at(d->loop, loop_now_ms(d->loop) + PERSON_MS,
	    on_leaving, d);
}

static void
plug_in(void *arg)
{
	struct devices *d = arg;

	d->thermometer = demo_pty(d->dir, "thermometer", NULL);
}

/* ---- the camera ---------------------------------------------------------------------------- */

/* The code of a plain PBM, drawn 4 pixels a module in the middle of a wall. */
static bool
draw_code(struct devices *d, const char *path)
{
	int side = 0, rows = 0, used = 0;
	size_t n;
	char *text = file_read(path, SCRIPT_MAX, &n, NULL);
	unsigned char *pixels = d->frame + 6;
	int left, top, scale;
	const char *bit;

	if (text == NULL || sscanf(text, "P1 %d %d%n", &side, &rows, &used) != 2 ||
	    side != rows || side < 21 || side > CODE_SIDE_MAX) {
		free(text);
		return false;
	}
	scale = (CAMERA_ROWS - 20) / side;
	left = (CAMERA_COLS - side * scale) / 2;
	top = (CAMERA_ROWS - side * scale) / 2;
	memcpy(d->frame, "FRAME\n", 6);
	memset(pixels, 205, CAMERA_COLS * CAMERA_ROWS);
	bit = text + used;
	for (int i = 0; i < side * side; i++) {
		bit += strcspn(bit, "01");
		if (*bit == '\0')
			break;
		for (int y = 0; y < scale; y++)
			memset(pixels + (size_t)(top + i / side * scale + y) *
			    CAMERA_COLS + left + i % side * scale,
			    *bit == '1' ? 40 : 215, (size_t)scale);
		bit++;
	}
	free(text);
	return true;
}

static void
on_camera(void *arg, int fd, short revents)
{
	struct devices *d = arg;
	ssize_t n;

	(void)revents;
	n = write(fd, d->frame + d->frame_sent, d->frame_len - d->frame_sent);
	if (n > 0)
		d->frame_sent += (size_t)n;
	if (d->frame_sent < d->frame_len)
		return;
	d->frame_sent = 0;
	if (--d->frames_left <= 0)
		loop_drop(d->loop, fd);
}

static void
show_code(struct devices *d, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", d->base, name);
	if (d->camera < 0 || d->frames_left > 0 || !draw_code(d, path))
		return;
	d->frame_sent = 0;
	d->frames_left = CAMERA_FRAMES;
	loop_watch(d->loop, d->camera, POLLOUT, on_camera, d, NULL);
}

static int
open_camera(struct devices *d, struct err *err)
{
	static const char head[] = "YUV4MPEG2 W400 H300 F10:1 Ip A1:1 Cmono\n";
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/dev/camera", d->dir);
	unlink(path);
	if (mkfifo(path, 0600) != 0)
		return err_set(err, ERR_ABSENT, "%s: %s", path, strerror(errno));
	/* Both ends: opening it waits for nobody, and the pipe stays. */
	d->camera = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	d->frame_len = 6 + CAMERA_COLS * CAMERA_ROWS;
	d->frame = malloc(d->frame_len);
	if (d->camera < 0 || d->frame == NULL)
		return err_set(err, ERR_ABSENT, "%s: %s", path, strerror(errno));
	send_bytes(d->camera, head, sizeof(head) - 1);
	return 0;
}

/* ---- the script ------------------------------------------------------------------------------- */

/* Phase and verdict of the first lane, as the status file has them; no phase
 * while what would be sent is lost, as nobody has opened the devices yet. */
static void
lane_state(const struct devices *d, char phase[32], char verdict[32])
{
	char path[PATH_MAX];
	size_t n;
	char *text, *at;

	phase[0] = verdict[0] = '\0';
	snprintf(path, sizeof(path), "%s/run/status", d->dir);
	text = file_read(path, 65536, &n, NULL);
	at = text != NULL ? strstr(text, "\nlane 1: ") : NULL;
	if (text != NULL && (strstr(text, " scanner 1: starting\n") != NULL ||
	    strstr(text, " thermometer 1: starting\n") != NULL))
		at = NULL;
	if (at != NULL && sscanf(at, " lane 1: %31s %31s", phase, verdict) != 2)
		phase[0] = '\0';
	free(text);
}

static bool
lane_ready(struct devices *d, bool or_pass)
{
	int64_t now = loop_now_ms(d->loop);
	char phase[32], verdict[32];

	lane_state(d, phase, verdict);
	if (strcmp(phase, "ready") == 0)
		return true;
	if (!or_pass || strcmp(verdict, "pass") != 0) {
		d->pass_since_ms = 0;
		return false;
	}
	if (d->pass_since_ms == 0)
		d->pass_since_ms = now;
	return now - d->pass_since_ms >= PASS_SHOWN_MS;
}

/* Returns the milliseconds until the next line, or -1: ask this one again. */
static int64_t
play(struct devices *d, const char *line)
{
	double celsius;

	if (strncmp(line, "until ", 6) == 0) {
		if (loop_now_ms(d->loop) - d->begun_ms <
		    strtol(line + 6, NULL, 10) * 1000)
			return -1;
	} else if (strcmp(line, "next") == 0 || strcmp(line, "ready") == 0) {
		if (!lane_ready(d, line[0] == 'n'))
			return -1;
		d->pass_since_ms = 0;
	} else if (strncmp(line, "pause ", 6) == 0) {
		return strtol(line + 6, NULL, 10);
	} else if (strncmp(line, "scan ", 5) == 0) {
		testscanner_scan(d->scanning, (unsigned char *)line + 5,
		    strlen(line + 5), loop_now_ms(d->loop));
	} else if (sscanf(line, "temp %lf", &celsius) == 1) {
		come_close(d, celsius);
	} else if (strncmp(line, "camera ", 7) == 0) {
		show_code(d, line + 7);
	} else if (strncmp(line, "unplug ", 7) == 0 && d->thermometer >= 0) {
		close(d->thermometer);
		d->thermometer = -1;
		loop_at(d->loop, loop_now_ms(d->loop) +
		    strtol(line + 7, NULL, 10), plug_in, d);
	}
	return 0;
}

static void
step(void *arg)
{
	struct devices *d = arg;
	char line[EVENT_PAYLOAD_MAX + 16];
	size_t n = strcspn(d->at, "\n");
	int64_t wait = 0;

	if (d->at == d->script)
		d->begun_ms = loop_now_ms(d->loop);
	if (n < sizeof(line) && n > 0 && d->at[0] != '#') {
		memcpy(line, d->at, n);
		line[n] = '\0';
		wait = play(d, line);
	}
	if (wait >= 0)
		d->at += n + (d->at[n] == '\n');
	if (*d->at == '\0')
		d->at = d->script;
	loop_at(d->loop, loop_now_ms(d->loop) + (wait > 0 ? wait :
	    wait < 0 ? POLL_MS : 1), step, d);
}

static int
prepare(struct devices *d, const char *script, struct err *err)
{
	size_t n;
	const char *slash = strrchr(script, '/');

	snprintf(d->base, sizeof(d->base), "%.*s", slash != NULL ?
	    (int)(slash - script) : 1, slash != NULL ? script : ".");
	d->script = file_read(script, SCRIPT_MAX, &n, err);
	if (d->script == NULL || n == 0)
		return d->script == NULL ? -1 :
		    err_set(err, ERR_INPUT, "%s: empty", script);
	d->at = d->script;
	d->loop = loop_new(err);
	if (d->loop == NULL || open_camera(d, err) != 0)
		return -1;
	d->scanner = demo_pty(d->dir, "scanner", err);
	d->thermometer = demo_pty(d->dir, "thermometer", err);
	return d->scanner < 0 || d->thermometer < 0 ? -1 :
	    demo_outputs_start(d->loop, d->dir, err);
}

int
cmd_demo_devices(int argc, char **argv)
{
	static struct devices d; /* large: its paths */
	struct err err = { 0 };
	char ready[PATH_MAX];

	if (argc != 3)
		return EX_USAGE;
	snprintf(d.dir, sizeof(d.dir), "%s", argv[1]);
	snprintf(ready, sizeof(ready), "%s/dev/ready", d.dir);
	if (prepare(&d, argv[2], &err) != 0 ||
	    file_write(ready, "", 0, 0600, false, &err) != 0)
		return command_fail(&err);
	make_inputs(&d);
	on_measuring(&d);
	loop_at(d.loop, loop_now_ms(d.loop) + 400, step, &d);
	return loop_run(d.loop, &err) != 0 ? command_fail(&err) : EX_OK;
}
