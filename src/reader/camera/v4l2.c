/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * v4l2 - frames from a camera by Video4Linux: mmap, poll, no library.
 *
 * Only the newest frame is looked at: what waited while we were busy shows
 * where the code was, not where it is. A camera that is silent for seconds or
 * is pulled out ends the process with a fault line; the station starts it
 * again.
 */
#include "v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define V4L2_BUFFERS 4
#define V4L2_SILENT_MS 5000
#define V4L2_EVENTS_MAX 16 /* of one wake-up */
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
	struct v4l2_wishes wishes;
	struct expose expose;
	bool exposes; /* the driver lets us */
	int failed;
	struct err *err;
};

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
	if (v4l2_control(v->fd, VIDIOC_QUERYCAP, &cap) < 0)
		return err_set(v->err, ERR_SETUP, "%s: not a camera", v->path);
	caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps :
	    cap.capabilities;
	if (!(caps & V4L2_CAP_VIDEO_CAPTURE) || !(caps & V4L2_CAP_STREAMING))
		return err_set(v->err, ERR_SETUP,
		    "%s: does not capture video", v->path);
	return 0;
}

/* The driver may change all that we ask for: what it answers counts. */
static int
choose_format(struct v4l2 *v)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct modes *modes = malloc(sizeof(*modes));
	const struct mode *mode = NULL;
	int got;

	if (modes == NULL)
		return err_set(v->err, ERR_RETRY, "no memory");
	v4l2_list_modes(v->fd, &v->wishes, modes);
	mode = modes_choose(modes, v->wishes.width, v->wishes.height,
	    v->wishes.rate);
	if (mode != NULL) {
		format.fmt.pix.width = (unsigned)mode->width;
		format.fmt.pix.height = (unsigned)mode->height;
		format.fmt.pix.pixelformat = mode->fourcc;
	}
	free(modes);
	if (mode == NULL)
		return err_set(v->err, ERR_SETUP,
		    "%s: no picture format that is known", v->path);
	format.fmt.pix.field = V4L2_FIELD_ANY;
	got = v4l2_control(v->fd, VIDIOC_S_FMT, &format);
	if (got < 0)
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

static void
set_rate(struct v4l2 *v)
{
	struct v4l2_streamparm parm = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	parm.parm.capture.timeperframe.numerator = 1;
	parm.parm.capture.timeperframe.denominator = (unsigned)v->wishes.rate;
	v4l2_control(v->fd, VIDIOC_S_PARM, &parm);
}

static int
map_buffers(struct v4l2 *v)
{
	struct v4l2_requestbuffers request = { .count = V4L2_BUFFERS,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP };
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (v4l2_control(v->fd, VIDIOC_REQBUFS, &request) < 0 || request.count < 1)
		return fail(v, "buffers");
	if (request.count > V4L2_BUFFERS)
		request.count = V4L2_BUFFERS;
	for (unsigned i = 0; i < request.count; i++) {
		struct v4l2_buffer buffer = { .index = i,
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
			.memory = V4L2_MEMORY_MMAP };

		if (v4l2_control(v->fd, VIDIOC_QUERYBUF, &buffer) < 0)
			return fail(v, "buffers");
		v->buffers[i].bytes = mmap(NULL, buffer.length,
		    PROT_READ | PROT_WRITE, MAP_SHARED, v->fd,
		    (off_t)buffer.m.offset);
		if (v->buffers[i].bytes == MAP_FAILED)
			return fail(v, "buffers");
		v->buffers[i].size = buffer.length;
		v->nbuffers = i + 1;
		if (v4l2_control(v->fd, VIDIOC_QBUF, &buffer) < 0)
			return fail(v, "buffers");
	}
	if (v4l2_control(v->fd, VIDIOC_STREAMON, &type) < 0)
		return fail(v, "start");
	return 0;
}

static void
unmap_buffers(struct v4l2 *v)
{
	struct v4l2_requestbuffers none = { .count = 0,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP };
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	v4l2_control(v->fd, VIDIOC_STREAMOFF, &type);
	for (unsigned i = 0; i < v->nbuffers; i++)
		munmap(v->buffers[i].bytes, v->buffers[i].size);
	v->nbuffers = 0;
	v4l2_control(v->fd, VIDIOC_REQBUFS, &none);
}

static void
close_device(struct v4l2 *v)
{
	if (v->fd < 0)
		return;
	loop_drop(v->camera->loop, v->fd);
	if (v->expose.taken)
		v4l2_set_exposure(v->fd, &v->expose, EXPOSE_GIVE_BACK);
	unmap_buffers(v);
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

		if (v4l2_control(v->fd, VIDIOC_DQBUF, &buffer) < 0)
			/* EIO: a frame was lost, and the stream goes on. */
			return errno == EAGAIN || errno == EIO ? have :
			    fail(v, "frame");
		if (buffer.index >= v->nbuffers)
			return err_set(v->err, ERR_RETRY,
			    "%s: the driver confuses its buffers", v->path);
		if (have && v4l2_control(v->fd, VIDIOC_QBUF, newest) < 0)
			return fail(v, "frame");
		*newest = buffer;
		have = 1;
	}
	return have;
}

/* The source has changed its size or format: begin anew with what it is. */
static int
take_event(struct v4l2 *v)
{
	struct v4l2_event event;
	bool changed = false;

	for (int i = 0; i < V4L2_EVENTS_MAX; i++) {
		memset(&event, 0, sizeof(event));
		if (v4l2_control(v->fd, VIDIOC_DQEVENT, &event) < 0)
			break;
		changed = changed || event.type == V4L2_EVENT_SOURCE_CHANGE;
	}
	if (!changed)
		return 0;
	unmap_buffers(v);
	if (choose_format(v) != 0)
		return -1;
	set_rate(v);
	return map_buffers(v);
}

static void
expose(struct v4l2 *v)
{
	enum expose_order order;

	if (!v->exposes || (!v->expose.taken &&
	    !look_light(v->camera->look)->code))
		return;
	if (!v->expose.taken)
		v->exposes = v4l2_take_exposure(v->fd, &v->expose);
	order = expose_step(&v->expose, look_light(v->camera->look),
	    v->frame_ms);
	v4l2_set_exposure(v->fd, &v->expose, order);
}

static void
on_readable(void *arg, int fd, short revents)
{
	struct v4l2 *v = arg;
	struct v4l2_buffer buffer;
	struct grey *grey = NULL;
	struct err ignored;
	int got;

	if ((revents & POLLPRI) && take_event(v) != 0) {
		stop(v, -1);
		return;
	}
	got = take_newest(v, &buffer);
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
	if (v4l2_control(fd, VIDIOC_QBUF, &buffer) < 0) {
		fail(v, "frame");
		stop(v, -1);
	} else if (grey != NULL) {
		camera_frame(v->camera, grey, false, v->frame_ms);
		expose(v);
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
take_wishes(struct v4l2 *v, const struct device *device)
{
	const char *focus = device_option(device, "focus");
	struct v4l2_wishes *wishes = &v->wishes;
	long rate;

	*wishes = (struct v4l2_wishes){ .width = 1280, .height = 720,
		.focus = FOCUS_NEAR };
	if (camera_size(device, &wishes->width, &wishes->height,
	    v->err) != 0 ||
	    device_number(device, "rate", 1, 120, V4L2_RATE, &rate,
	    v->err) != 0)
		return -1;
	wishes->rate = (int)rate;
	if (focus == NULL || strcmp(focus, "near") == 0)
		return 0;
	wishes->focus = strcmp(focus, "auto") == 0 ? FOCUS_AUTO : FOCUS_AT;
	return wishes->focus == FOCUS_AUTO ? 0 : device_number(device, "focus",
	    0, 65535, 0, &wishes->focus_at, v->err);
}

static int
run(struct v4l2 *v, const struct device *device)
{
	struct v4l2_event_subscription change = {
		.type = V4L2_EVENT_SOURCE_CHANGE };

	if (take_wishes(v, device) != 0 || open_device(v) != 0 ||
	    choose_format(v) != 0)
		return -1;
	set_rate(v);
	v4l2_set_controls(v->fd, &v->wishes);
	v->exposes = true;
	v4l2_control(v->fd, VIDIOC_SUBSCRIBE_EVENT, &change);
	if (map_buffers(v) != 0 || loop_watch(v->camera->loop, v->fd,
	    POLLIN | POLLPRI, on_readable, v, v->err) != 0)
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
