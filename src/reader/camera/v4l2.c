/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * v4l2 - frames from a camera by Video4Linux: mmap, poll, no library.
 *
 * Only the newest frame is looked at: what waited while we were busy shows
 * where the code was, not where it is. A camera that is silent for seconds or
 * is pulled out ends the process with a fault line; the station starts it
 * again.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define V4L2_BUFFERS 4
#define V4L2_SILENT_MS 5000
#define V4L2_RATE 10 /* frames a second: more only heats the machine */

struct v4l2 {
	struct camera *camera;
	const char *path;
	int fd;
	struct raw raw;
	struct {
		void *bytes;
		size_t size;
	} buffers[V4L2_BUFFERS];
	unsigned nbuffers;
	int64_t frame_ms; /* of the last frame */
	int failed;
	struct err *err;
};

/* Raw luma before MJPEG: a slow core should not decode what it can have. */
static const unsigned wanted[] = {
	V4L2_PIX_FMT_GREY, V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUYV,
	V4L2_PIX_FMT_UYVY, V4L2_PIX_FMT_MJPEG,
};

static int
control(int fd, unsigned long request, void *arg)
{
	int got;

	do
		got = ioctl(fd, request, arg);
	while (got < 0 && errno == EINTR);
	return got;
}

static int
fail(struct v4l2 *v, const char *doing)
{
	return err_set(v->err, ERR_RETRY, "%s: %s: %s", v->path, doing,
	    strerror(errno));
}

static int
open_device(struct v4l2 *v)
{
	struct v4l2_capability cap;
	unsigned caps;

	v->fd = open(v->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (v->fd < 0)
		return err_set(v->err, ERR_ABSENT, "%s: %s", v->path,
		    strerror(errno));
	memset(&cap, 0, sizeof(cap));
	if (control(v->fd, VIDIOC_QUERYCAP, &cap) < 0)
		return err_set(v->err, ERR_SETUP, "%s: not a camera", v->path);
	caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps :
	    cap.capabilities;
	if (!(caps & V4L2_CAP_VIDEO_CAPTURE) || !(caps & V4L2_CAP_STREAMING))
		return err_set(v->err, ERR_SETUP,
		    "%s: does not capture video", v->path);
	return 0;
}

static bool
offers(int fd, unsigned format)
{
	struct v4l2_fmtdesc desc = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	for (desc.index = 0; desc.index < 64; desc.index++) {
		if (control(fd, VIDIOC_ENUM_FMT, &desc) < 0)
			return false;
		if (desc.pixelformat == format)
			return true;
	}
	return false;
}

/* The driver may change all that we ask for: what it answers counts. */
static int
choose_format(struct v4l2 *v, long width, long height)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	size_t i = 0;

	while (i < nitems(wanted) && !offers(v->fd, wanted[i]))
		i++;
	if (i == nitems(wanted))
		return err_set(v->err, ERR_SETUP,
		    "%s: no picture format that is known", v->path);
	format.fmt.pix.width = (unsigned)width;
	format.fmt.pix.height = (unsigned)height;
	format.fmt.pix.pixelformat = wanted[i];
	format.fmt.pix.field = V4L2_FIELD_ANY;
	if (control(v->fd, VIDIOC_S_FMT, &format) < 0)
		return fail(v, "format");
	if (pixels_of((const char *)&format.fmt.pix.pixelformat,
	    &v->raw.pixels) != 0 || format.fmt.pix.width > GREY_SIDE_MAX ||
	    format.fmt.pix.height > GREY_SIDE_MAX)
		return err_set(v->err, ERR_SETUP,
		    "%s: the driver chose an unknown format", v->path);
	v->raw.width = (int)format.fmt.pix.width;
	v->raw.height = (int)format.fmt.pix.height;
	v->raw.stride = format.fmt.pix.bytesperline;
	return 0;
}

/* Wishes: a camera that does not know them works as well. */
static void
set_wishes(struct v4l2 *v, long rate, long focus)
{
	struct v4l2_streamparm parm = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct v4l2_control set;

	parm.parm.capture.timeperframe.numerator = 1;
	parm.parm.capture.timeperframe.denominator = (unsigned)rate;
	control(v->fd, VIDIOC_S_PARM, &parm);
	if (focus < 0)
		return;
	/* A hand in view makes auto-focus hunt. */
	set = (struct v4l2_control){ V4L2_CID_FOCUS_AUTO, 0 };
	control(v->fd, VIDIOC_S_CTRL, &set);
	set = (struct v4l2_control){ V4L2_CID_FOCUS_ABSOLUTE, (int)focus };
	control(v->fd, VIDIOC_S_CTRL, &set);
}

static int
map_buffers(struct v4l2 *v)
{
	struct v4l2_requestbuffers request = { .count = V4L2_BUFFERS,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP };
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (control(v->fd, VIDIOC_REQBUFS, &request) < 0 || request.count < 1)
		return fail(v, "buffers");
	if (request.count > V4L2_BUFFERS)
		request.count = V4L2_BUFFERS;
	for (unsigned i = 0; i < request.count; i++) {
		struct v4l2_buffer buffer = { .index = i,
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
			.memory = V4L2_MEMORY_MMAP };

		if (control(v->fd, VIDIOC_QUERYBUF, &buffer) < 0)
			return fail(v, "buffers");
		v->buffers[i].bytes = mmap(NULL, buffer.length,
		    PROT_READ | PROT_WRITE, MAP_SHARED, v->fd,
		    (off_t)buffer.m.offset);
		if (v->buffers[i].bytes == MAP_FAILED)
			return fail(v, "buffers");
		v->buffers[i].size = buffer.length;
		v->nbuffers = i + 1;
		if (control(v->fd, VIDIOC_QBUF, &buffer) < 0)
			return fail(v, "buffers");
	}
	if (control(v->fd, VIDIOC_STREAMON, &type) < 0)
		return fail(v, "start");
	return 0;
}

static void
close_device(struct v4l2 *v)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (v->fd < 0)
		return;
	loop_drop(v->camera->loop, v->fd);
	control(v->fd, VIDIOC_STREAMOFF, &type);
	for (unsigned i = 0; i < v->nbuffers; i++)
		munmap(v->buffers[i].bytes, v->buffers[i].size);
	close(v->fd);
}

static void
stop(struct v4l2 *v, int failed)
{
	v->failed = failed;
	loop_stop(v->camera->loop);
}

/* Take the newest frame that waits, and give back all older ones. 1 when
 * there is one, 0, or -1. */
static int
take_newest(struct v4l2 *v, struct v4l2_buffer *newest)
{
	int have = 0;

	for (unsigned i = 0; i <= v->nbuffers; i++) {
		struct v4l2_buffer buffer = {
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
			.memory = V4L2_MEMORY_MMAP };

		if (control(v->fd, VIDIOC_DQBUF, &buffer) < 0)
			/* EIO: a frame was lost, and the stream goes on. */
			return errno == EAGAIN || errno == EIO ? have :
			    fail(v, "frame");
		if (buffer.index >= v->nbuffers)
			return err_set(v->err, ERR_RETRY,
			    "%s: the driver confuses its buffers", v->path);
		if (have && control(v->fd, VIDIOC_QBUF, newest) < 0)
			return fail(v, "frame");
		*newest = buffer;
		have = 1;
	}
	return have;
}

static void
on_readable(void *arg, int fd, short revents)
{
	struct v4l2 *v = arg;
	struct v4l2_buffer buffer;
	struct grey *grey = NULL;
	int got = take_newest(v, &buffer);
	struct err ignored;

	if (got <= 0) {
		if (got < 0)
			stop(v, -1);
		else if (revents & (POLLERR | POLLHUP)) {
			err_set(v->err, ERR_RETRY, "%s: gone", v->path);
			stop(v, -1);
		}
		return;
	}
	v->frame_ms = loop_now_ms(v->camera->loop);
	/* Damaged frames are common on a busy bus: they are not reported. */
	if (!(buffer.flags & V4L2_BUF_FLAG_ERROR) &&
	    buffer.bytesused <= v->buffers[buffer.index].size)
		grey = convert(&v->raw, v->buffers[buffer.index].bytes,
		    buffer.bytesused, &ignored);
	if (control(fd, VIDIOC_QBUF, &buffer) < 0) {
		fail(v, "frame");
		stop(v, -1);
	} else if (grey != NULL) {
		camera_frame(v->camera, grey, false, v->frame_ms);
	}
	grey_free(grey);
	if (report_done(&v->camera->report))
		stop(v, 0);
}

static void
on_watch(void *arg)
{
	struct v4l2 *v = arg;
	int64_t now_ms = loop_now_ms(v->camera->loop);

	if (now_ms - v->frame_ms > V4L2_SILENT_MS) {
		err_set(v->err, ERR_RETRY, "%s: no frame for %d s", v->path,
		    V4L2_SILENT_MS / 1000);
		stop(v, -1);
		return;
	}
	loop_at(v->camera->loop, now_ms + 1000, on_watch, v);
}

static int
run(struct v4l2 *v, const struct device *device)
{
	const char *size = device_option(device, "size");
	long width = 1280, height = 720, rate, focus;
	int end = 0;

	if (size != NULL && (sscanf(size, "%5ldx%5ld%n", &width, &height,
	    &end) != 2 || size[end] != '\0' || !grey_fits(width, height)))
		return err_set(v->err, ERR_SETUP, "size=%s: WIDTHxHEIGHT",
		    size);
	if (device_number(device, "rate", 1, 120, V4L2_RATE, &rate,
	    v->err) != 0 ||
	    device_number(device, "focus", 0, 65535, -1, &focus,
	    v->err) != 0 || open_device(v) != 0 ||
	    choose_format(v, width, height) != 0)
		return -1;
	set_wishes(v, rate, focus);
	if (map_buffers(v) != 0 || loop_watch(v->camera->loop, v->fd, POLLIN,
	    on_readable, v, v->err) != 0)
		return -1;
	v->frame_ms = loop_now_ms(v->camera->loop);
	on_watch(v);
	if (loop_run(v->camera->loop, v->err) != 0)
		return -1;
	return v->failed;
}

int
v4l2_run(struct camera *camera, const struct device *device, struct err *err)
{
	struct v4l2 v = { .camera = camera, .path = device->path, .fd = -1,
		.err = err };
	int got = run(&v, device);

	close_device(&v);
	return got;
}
