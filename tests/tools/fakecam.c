/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fakecam - preloaded, plays a Video4Linux camera at /dev/video-fake, so that
 * our capture is tested where there is none. A list of what is plugged in, which
 * tries the numbers, finds it as /dev/video63. It answers the ioctls as the
 * kernel's documentation describes them.
 *
 * FAKECAM_MODES    "YUYV:640x480@10 MJPG:1280x720@30", the modes it offers
 * FAKECAM_PICTURE  a PGM that lies in the middle of each frame
 * FAKECAM_JPEG     what an MJPG frame is
 * FAKECAM_SCRIPT   a letter a frame, the last one for ever: . good, s short,
 *                  e marked as damaged, l lost (EIO), c the source changes to
 *                  the next mode, h silence, u unplugged, b a call that does
 *                  not come back, x a hostile frame has taken the process
 *                  over: it tries what it may not, and the log says how far
 *                  it got
 * FAKECAM_LOG      what was asked of it, a line each
 *
 * What it cannot show: memory that a device writes while we read it, what a
 * USB bus does under load, and drivers that keep to no documentation. For
 * those a camera has to be plugged in.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PATH "/dev/video-fake"
#define PATH_LISTED "/dev/video63"
#define BUFFERS 4
#define MODES_MAX 16
#define FRAME_NS 30000000 /* between two frames */

struct mode {
	unsigned fourcc, width, height, rate;
};

static struct {
	int fd;
	FILE *log;
	struct mode mode[MODES_MAX];
	size_t nmodes, at; /* the mode that is set */
	unsigned char *picture, *jpeg;
	unsigned width, height;
	size_t jpeg_len;
	const char *script;
	unsigned char *buffer[BUFFERS];
	bool queued[BUFFERS];
	unsigned count, next;
	bool streaming, event, changes, gone;
	int exposure, auto_exposure, focus, auto_focus;
} cam = { .fd = -1, .exposure = 250, .auto_exposure = 3, .auto_focus = 1 };

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int close(int fd);
int ioctl(int fd, unsigned long request, ...);
void *mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset);

/* ---- a process that has been taken over ---------------------------------------------- */

static int
try_open(const char *path, int flags)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);

	return fd < 0 ? errno : 0;
}

static int
try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ?
	    errno : 0;
}

static int
try_exec(void)
{
	char *const argv[] = { (char *)"true", NULL };

	execv("/bin/true", argv);
	return errno;
}

static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

static int
try_memory(size_t megabytes)
{
	unsigned char *got = malloc(megabytes << 20);
	int why = got != NULL ? 0 : errno;

	/* Something must look at it, or the compiler leaves both out. */
	__asm__ volatile("" : : "r"(got) : "memory");
	free(got);
	return why;
}

static void say(const char *words, unsigned a, unsigned b);

static void
intrude(void)
{
	say("tried read", (unsigned)try_open("/etc/passwd", O_RDONLY), 0);
	say("tried write", (unsigned)try_open("/tmp/chot-intruder", O_WRONLY |
	    O_CREAT), 0);
	say("tried connect", (unsigned)try_connect(), 0);
	say("tried exec", (unsigned)try_exec(), 0);
	say("tried fork", (unsigned)try_fork(), 0);
	say("tried 32 MB", (unsigned)try_memory(32), 0);
	say("tried 200 MB", (unsigned)try_memory(200), 0);
}

/* ---- frames ------------------------------------------------------------------------ */

static unsigned char *
read_all(const char *path, size_t *n)
{
	unsigned char *bytes = malloc(1 << 20);
	FILE *in = path != NULL ? fopen(path, "r") : NULL;

	*n = in != NULL && bytes != NULL ? fread(bytes, 1, 1 << 20, in) : 0;
	if (in != NULL)
		fclose(in);
	return bytes;
}

static void
parse_modes(const char *text)
{
	char fourcc[5];
	struct mode mode;
	int n;

	while (text != NULL && cam.nmodes < MODES_MAX &&
	    sscanf(text, "%4c:%ux%u@%u%n", fourcc, &mode.width, &mode.height,
	    &mode.rate, &n) == 4) {
		memcpy(&mode.fourcc, fourcc, 4);
		cam.mode[cam.nmodes++] = mode;
		text += n + strspn(text + n, " ");
	}
}

__attribute__((constructor)) static void
begin(void)
{
	const char *log = getenv("FAKECAM_LOG");
	size_t n;
	int skip = 0;
	unsigned char *pgm = read_all(getenv("FAKECAM_PICTURE"), &n);

	parse_modes(getenv("FAKECAM_MODES"));
	cam.jpeg = read_all(getenv("FAKECAM_JPEG"), &cam.jpeg_len);
	cam.script = getenv("FAKECAM_SCRIPT");
	if (cam.script == NULL || *cam.script == '\0')
		cam.script = ".";
	if (n > 16 && sscanf((char *)pgm, "P5 %u %u 255%n", &cam.width,
	    &cam.height, &skip) == 2)
		cam.picture = pgm + skip + 1;
	if (log != NULL)
		cam.log = fopen(log, "a");
	if (cam.log != NULL)
		setvbuf(cam.log, NULL, _IOLBF, 0);
}

static void
say(const char *words, unsigned a, unsigned b)
{
	if (cam.log != NULL)
		fprintf(cam.log, "%s %u %u\n", words, a, b);
}

static const struct mode *
mode(void)
{
	return &cam.mode[cam.at];
}

static bool
is(unsigned fourcc, const char *name)
{
	return memcmp(&fourcc, name, 4) == 0;
}

static size_t
frame_size(const struct mode *m)
{
	size_t n = (size_t)m->width * m->height;

	return is(m->fourcc, "GREY") ? n : is(m->fourcc, "NV12") ? n * 3 / 2 :
	    n * 2;
}

static unsigned char
pixel(unsigned x, unsigned y)
{
	unsigned left = (mode()->width - cam.width) / 2;
	unsigned top = (mode()->height - cam.height) / 2;

	if (cam.picture == NULL || x < left || y < top ||
	    x >= left + cam.width || y >= top + cam.height)
		return 170;
	return cam.picture[(y - top) * cam.width + x - left];
}

static size_t
fill(unsigned char *to)
{
	const struct mode *m = mode();
	size_t step = is(m->fourcc, "YUYV") || is(m->fourcc, "UYVY") ? 2 : 1;
	size_t first = is(m->fourcc, "UYVY") ? 1 : 0;

	if (is(m->fourcc, "MJPG")) {
		memcpy(to, cam.jpeg, cam.jpeg_len);
		return cam.jpeg_len;
	}
	memset(to, 128, frame_size(m));
	for (unsigned y = 0; y < m->height; y++)
		for (unsigned x = 0; x < m->width; x++)
			to[(y * m->width + x) * step + first] = pixel(x, y);
	return frame_size(m);
}

static int
tick(bool on)
{
	struct itimerspec every = { { 0, on ? FRAME_NS : 0 },
		{ 0, on ? FRAME_NS : 0 } };

	return timerfd_settime(cam.fd, 0, &every, NULL);
}

static int
fails(int why)
{
	errno = why;
	return -1;
}

static int
dequeue(struct v4l2_buffer *b)
{
	uint64_t ticks;
	unsigned i = cam.next;
	char what = *cam.script;

	if (cam.gone)
		return fails(ENODEV);
	if (!cam.streaming)
		return fails(EINVAL);
	if (cam.count == 0 || !cam.queued[i] ||
	    read(cam.fd, &ticks, sizeof(ticks)) < 0)
		return fails(EAGAIN);
	if (cam.script[1] != '\0')
		cam.script++;
	switch (what) {
	case 'h':
		tick(false);
		return fails(EAGAIN);
	case 'u':
		cam.gone = true;
		return fails(ENODEV);
	case 'l':
		return fails(EIO);
	case 'b':
		for (;;)
			pause();
	case 'x':
		intrude();
		break;
	case 'c':
		cam.at = (cam.at + 1) % cam.nmodes;
		cam.event = true;
		return fails(EAGAIN);
	}
	cam.queued[i] = false;
	cam.next = (i + 1) % cam.count;
	b->index = i;
	b->bytesused = (unsigned)fill(cam.buffer[i]);
	b->flags = what == 'e' ? V4L2_BUF_FLAG_ERROR : 0;
	if (what == 's')
		b->bytesused /= 3;
	b->length = (unsigned)frame_size(mode());
	say("frame", b->index, b->bytesused);
	return 0;
}

/* ---- answers -------------------------------------------------------------------------- */

static int
enum_format(struct v4l2_fmtdesc *d)
{
	unsigned seen = 0;

	for (size_t i = 0; i < cam.nmodes; i++) {
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first = first && cam.mode[k].fourcc !=
			    cam.mode[i].fourcc;
		if (first && seen++ == d->index) {
			d->pixelformat = cam.mode[i].fourcc;
			return 0;
		}
	}
	return fails(EINVAL);
}

static int
enum_size(struct v4l2_frmsizeenum *e)
{
	unsigned seen = 0;

	for (size_t i = 0; i < cam.nmodes; i++)
		if (cam.mode[i].fourcc == e->pixel_format &&
		    seen++ == e->index) {
			e->type = V4L2_FRMSIZE_TYPE_DISCRETE;
			e->discrete.width = cam.mode[i].width;
			e->discrete.height = cam.mode[i].height;
			return 0;
		}
	return fails(EINVAL);
}

static int
enum_rate(struct v4l2_frmivalenum *e)
{
	for (size_t i = 0; e->index == 0 && i < cam.nmodes; i++)
		if (cam.mode[i].fourcc == e->pixel_format &&
		    cam.mode[i].width == e->width &&
		    cam.mode[i].height == e->height) {
			e->type = V4L2_FRMIVAL_TYPE_DISCRETE;
			e->discrete.numerator = 1;
			e->discrete.denominator = cam.mode[i].rate;
			return 0;
		}
	return fails(EINVAL);
}

/* As drivers do it: the nearest, not an error. After a change of the source
 * the size is the source's. */
static int
set_format(struct v4l2_format *f)
{
	struct v4l2_pix_format *p = &f->fmt.pix;

	if (cam.count > 0)
		return fails(EBUSY);
	for (size_t i = 0; !cam.changes && i < cam.nmodes; i++)
		if (cam.mode[i].fourcc == p->pixelformat &&
		    cam.mode[i].width == p->width)
			cam.at = i;
	p->pixelformat = mode()->fourcc;
	p->width = mode()->width;
	p->height = mode()->height;
	p->bytesperline = mode()->width *
	    (is(p->pixelformat, "YUYV") || is(p->pixelformat, "UYVY") ? 2 : 1);
	say(p->pixelformat == 0 ? "none" : (char[5]){ (char)p->pixelformat,
	    (char)(p->pixelformat >> 8), (char)(p->pixelformat >> 16),
	    (char)(p->pixelformat >> 24), 0 }, p->width, p->height);
	return 0;
}

static int
request(struct v4l2_requestbuffers *r)
{
	for (unsigned i = 0; i < BUFFERS; i++)
		cam.queued[i] = false;
	r->count = r->count > BUFFERS ? BUFFERS : r->count;
	cam.count = r->count;
	cam.next = 0;
	return 0;
}

static int
query_control(struct v4l2_queryctrl *q)
{
	static const struct v4l2_queryctrl known[] = {
		{ .id = V4L2_CID_EXPOSURE_AUTO, .type = V4L2_CTRL_TYPE_MENU,
		    .minimum = 0, .maximum = 3 },
		{ .id = V4L2_CID_EXPOSURE_ABSOLUTE,
		    .type = V4L2_CTRL_TYPE_INTEGER, .minimum = 3,
		    .maximum = 2047 },
		{ .id = V4L2_CID_FOCUS_AUTO, .type = V4L2_CTRL_TYPE_BOOLEAN,
		    .maximum = 1 },
		{ .id = V4L2_CID_FOCUS_ABSOLUTE,
		    .type = V4L2_CTRL_TYPE_INTEGER, .maximum = 250, .step = 5 },
		{ .id = V4L2_CID_EXPOSURE_AUTO_PRIORITY,
		    .type = V4L2_CTRL_TYPE_BOOLEAN, .maximum = 1 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].id == q->id) {
			*q = known[i];
			return 0;
		}
	return fails(EINVAL);
}

static int
query_menu(const struct v4l2_querymenu *m)
{
	/* As UVC cameras: manual and aperture priority alone. */
	return m->index == 1 || m->index == 3 ? 0 : fails(EINVAL);
}

static int
set_control(const struct v4l2_control *c)
{
	switch (c->id) {
	case V4L2_CID_EXPOSURE_AUTO:
		cam.auto_exposure = c->value;
		say("exposure-auto", (unsigned)c->value, 0);
		return 0;
	case V4L2_CID_EXPOSURE_ABSOLUTE:
		cam.exposure = c->value;
		say("exposure", (unsigned)c->value, 0);
		return cam.auto_exposure == 1 ? 0 : fails(EBUSY);
	case V4L2_CID_FOCUS_AUTO:
		cam.auto_focus = c->value;
		say("focus-auto", (unsigned)c->value, 0);
		return 0;
	case V4L2_CID_FOCUS_ABSOLUTE:
		cam.focus = c->value;
		say("focus", (unsigned)c->value, 0);
		return cam.auto_focus == 0 ? 0 : fails(EBUSY);
	case V4L2_CID_EXPOSURE_AUTO_PRIORITY:
		say("priority", (unsigned)c->value, 0);
		return 0;
	}
	return fails(EINVAL);
}

static int
stream(bool on)
{
	cam.streaming = on;
	say(on ? "on" : "off", 0, 0);
	return tick(on);
}

static int
take_event(struct v4l2_event *e)
{
	if (!cam.event)
		return fails(ENOENT);
	cam.event = false;
	e->type = V4L2_EVENT_SOURCE_CHANGE;
	return 0;
}

static int
answer(unsigned long what, void *arg)
{
	struct v4l2_capability *cap = arg;
	struct v4l2_buffer *b = arg;
	struct v4l2_control *c = arg;

	if (cam.gone)
		return fails(ENODEV);
	switch (what) {
	case VIDIOC_QUERYCAP:
		strcpy((char *)cap->card, "Fake \033[2J camera");
		cap->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
		return 0;
	case VIDIOC_ENUM_FMT: return enum_format(arg);
	case VIDIOC_ENUM_FRAMESIZES: return enum_size(arg);
	case VIDIOC_ENUM_FRAMEINTERVALS: return enum_rate(arg);
	case VIDIOC_S_FMT: return set_format(arg);
	case VIDIOC_S_PARM: return 0;
	case VIDIOC_QUERYCTRL: return query_control(arg);
	case VIDIOC_QUERYMENU: return query_menu(arg);
	case VIDIOC_S_CTRL: return set_control(arg);
	case VIDIOC_G_CTRL:
		c->value = cam.exposure;
		return 0;
	case VIDIOC_SUBSCRIBE_EVENT: return 0;
	case VIDIOC_DQEVENT: return take_event(arg);
	case VIDIOC_REQBUFS: return request(arg);
	case VIDIOC_QUERYBUF:
		b->length = (unsigned)frame_size(mode());
		b->m.offset = b->index << 20;
		return 0;
	case VIDIOC_QBUF:
		if (b->index >= cam.count || cam.queued[b->index])
			return fails(EINVAL);
		cam.queued[b->index] = true;
		return 0;
	case VIDIOC_DQBUF: return dequeue(arg);
	case VIDIOC_STREAMON: return stream(true);
	case VIDIOC_STREAMOFF: return stream(false);
	}
	return fails(ENOTTY);
}

/* ---- in the place of libc ------------------------------------------------------------- */

static int
open_fake(void)
{
	cam.changes = strchr(cam.script, 'c') != NULL;
	cam.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return cam.fd;
}

static int
open_next(const char *name, const char *path, int flags, int mode_bits)
{
	int (*next)(const char *, int, ...) =
	    (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);

	if (strcmp(path, PATH) == 0 || strcmp(path, PATH_LISTED) == 0)
		return open_fake();
	return next(path, flags, mode_bits);
}

#define OPEN(name) \
int \
name(const char *path, int flags, ...) \
{ \
	va_list rest; \
	int bits; \
	va_start(rest, flags); \
	bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0; \
	va_end(rest); \
	return open_next("open", path, flags, bits); \
}

OPEN(open)
OPEN(open64)

int
__open_2(const char *path, int flags)
{
	return open_next("open", path, flags, 0);
}

int
__open64_2(const char *path, int flags)
{
	return open_next("open", path, flags, 0);
}

/* Its number is another file's from now on. */
int
close(int fd)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");

	if (fd == cam.fd)
		cam.fd = -1;
	return next(fd);
}

int
ioctl(int fd, unsigned long what, ...)
{
	int (*next)(int, unsigned long, void *) =
	    (int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
	va_list rest;
	void *arg;

	va_start(rest, what);
	arg = va_arg(rest, void *);
	va_end(rest);
	return fd >= 0 && fd == cam.fd ? answer(what, arg) :
	    next(fd, what, arg);
}

/* What a timer's descriptor cannot say. */
static int
add_events(struct pollfd *fds, nfds_t n, int got)
{
	for (nfds_t i = 0; i < n; i++) {
		short more = cam.event ? POLLPRI : 0;

		if (fds[i].fd != cam.fd || cam.fd < 0)
			continue;
		more &= fds[i].events;
		if (more != 0 && fds[i].revents == 0)
			got++;
		fds[i].revents |= more;
	}
	return got;
}

int
poll(struct pollfd *fds, nfds_t n, int wait_ms)
{
	int (*next)(struct pollfd *, nfds_t, int) =
	    (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
	int got = next(fds, n, cam.event ? 0 : wait_ms);

	return got < 0 ? got : add_events(fds, n, got);
}

/* Buffers are mapped at multiples of a megabyte. */
static void *
map(void *at, size_t size, int prot, int flags, int fd, off64_t offset)
{
	void *(*next)(void *, size_t, int, int, int, off64_t) =
	    (void *(*)(void *, size_t, int, int, int, off64_t))
	    dlsym(RTLD_NEXT, "mmap64");
	void *got;

	if (fd < 0 || fd != cam.fd)
		return next(at, size, prot, flags, fd, offset);
	got = next(NULL, size + (1 << 20), prot, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	if (got != MAP_FAILED)
		cam.buffer[(size_t)offset >> 20] = got;
	return got;
}

void *
mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	return map(at, size, prot, flags, fd, offset);
}

void *
mmap64(void *at, size_t size, int prot, int flags, int fd, off64_t offset)
{
	return map(at, size, prot, flags, fd, offset);
}
