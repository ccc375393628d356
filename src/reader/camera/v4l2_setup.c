/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * v4l2_setup - asks a camera what it offers, and sets what helps to read:
 * near focus, a steady rate, exposure that looks at the middle.
 */
#include "v4l2.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>

#define SETUP_LIST_MAX 64 /* of a driver that never ends its lists */
/* Of the way from far to near: a card fills the frame at about a hand's width.
 * Nearer still is macro, for stamps. */
#define SETUP_NEAR(low, high) ((low) + ((high) - (low)) * 6 / 10)

int
v4l2_control(int fd, unsigned long request, void *arg)
{
	int got;

	do
		got = ioctl(fd, request, arg);
	while (got < 0 && errno == EINTR);
	return got;
}

/* ---- modes ------------------------------------------------------------------------- */

/* The highest rate of a size; 0 when the driver does not tell. */
static float
find_rate(int fd, unsigned format, int width, int height)
{
	struct v4l2_frmivalenum at = { .pixel_format = format,
		.width = (unsigned)width, .height = (unsigned)height };
	float best = 0;

	for (; at.index < SETUP_LIST_MAX; at.index++) {
		const struct v4l2_fract *each;
		float rate;

		if (v4l2_control(fd, VIDIOC_ENUM_FRAMEINTERVALS, &at) < 0)
			break;
		each = at.type == V4L2_FRMIVAL_TYPE_DISCRETE ? &at.discrete :
		    &at.stepwise.min;
		if (each->numerator == 0)
			continue;
		rate = (float)each->denominator / (float)each->numerator;
		best = rate > best ? rate : best;
		if (at.type != V4L2_FRMIVAL_TYPE_DISCRETE)
			break;
	}
	return best;
}

static int
stepped(int wish, unsigned least, unsigned most, unsigned step)
{
	if (wish <= 0 || (unsigned)wish <= least)
		return (int)least;
	if ((unsigned)wish >= most)
		return (int)most;
	if (step < 2)
		return wish;
	return (int)(least + ((unsigned)wish - least) / step * step);
}

static void
list_sizes(int fd, const struct v4l2_wishes *wishes, struct mode mode,
    struct modes *modes)
{
	struct v4l2_frmsizeenum at = { .pixel_format = mode.fourcc };

	for (; at.index < SETUP_LIST_MAX; at.index++) {
		if (v4l2_control(fd, VIDIOC_ENUM_FRAMESIZES, &at) < 0)
			break;
		if (at.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
			mode.width = (int)at.discrete.width;
			mode.height = (int)at.discrete.height;
		} else {
			mode.width = stepped(wishes->width,
			    at.stepwise.min_width, at.stepwise.max_width,
			    at.stepwise.step_width);
			mode.height = stepped(wishes->height,
			    at.stepwise.min_height, at.stepwise.max_height,
			    at.stepwise.step_height);
		}
		mode.rate = find_rate(fd, mode.fourcc, mode.width, mode.height);
		modes_add(modes, &mode);
		if (at.type != V4L2_FRMSIZE_TYPE_DISCRETE)
			return;
	}
	if (at.index > 0)
		return;
	/* An old driver: it takes a size, or changes it. */
	mode.width = wishes->width;
	mode.height = wishes->height;
	modes_add(modes, &mode);
}

void
v4l2_list_modes(int fd, const struct v4l2_wishes *wishes, struct modes *modes)
{
	struct v4l2_fmtdesc desc = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	modes->count = 0;
	for (desc.index = 0; desc.index < SETUP_LIST_MAX; desc.index++) {
		struct mode mode = { .rate = 0 };

		if (v4l2_control(fd, VIDIOC_ENUM_FMT, &desc) < 0)
			return;
		mode.fourcc = desc.pixelformat;
		if (pixels_of((const char *)&desc.pixelformat,
		    &mode.pixels) == 0)
			list_sizes(fd, wishes, mode, modes);
	}
}

/* ---- controls ------------------------------------------------------------------------ */

static bool
offers(int fd, unsigned id, struct v4l2_queryctrl *query)
{
	*query = (struct v4l2_queryctrl){ .id = id };
	return v4l2_control(fd, VIDIOC_QUERYCTRL, query) == 0 &&
	    !(query->flags & (V4L2_CTRL_FLAG_DISABLED |
	    V4L2_CTRL_FLAG_READ_ONLY));
}

static bool
set(int fd, unsigned id, long value)
{
	struct v4l2_queryctrl query;
	struct v4l2_querymenu menu = { .id = id, .index = (unsigned)value };
	struct v4l2_control control = { id, (int)value };

	if (!offers(fd, id, &query) || value < query.minimum ||
	    value > query.maximum)
		return false;
	if (query.type == V4L2_CTRL_TYPE_MENU &&
	    v4l2_control(fd, VIDIOC_QUERYMENU, &menu) < 0)
		return false;
	return v4l2_control(fd, VIDIOC_S_CTRL, &control) == 0;
}

static void
set_focus(int fd, const struct v4l2_wishes *wishes)
{
	struct v4l2_queryctrl query;
	long at = wishes->focus_at;

	if (wishes->focus == FOCUS_AUTO) {
		set(fd, V4L2_CID_FOCUS_AUTO, 1);
		return;
	}
	if (wishes->focus == FOCUS_NEAR) {
		/* A lens that knows near does it better than a guess. */
		if (set(fd, V4L2_CID_AUTO_FOCUS_RANGE,
		    V4L2_AUTO_FOCUS_RANGE_MACRO))
			return;
		if (!offers(fd, V4L2_CID_FOCUS_ABSOLUTE, &query))
			return;
		at = SETUP_NEAR((long)query.minimum, (long)query.maximum);
		if (query.step > 1)
			at -= (at - query.minimum) % query.step;
	}
	/* A hand in view makes auto-focus hunt. */
	set(fd, V4L2_CID_FOCUS_AUTO, 0);
	set(fd, V4L2_CID_FOCUS_ABSOLUTE, at);
}

void
v4l2_set_controls(int fd, const struct v4l2_wishes *wishes)
{
	static const struct {
		unsigned id;
		long value;
	} table[] = {
		/* In the dark a steady rate, not one long frame. */
		{ V4L2_CID_EXPOSURE_AUTO_PRIORITY, 0 },
		/* Lamps flicker at the mains; Viet Nam has 50 Hz. */
		{ V4L2_CID_POWER_LINE_FREQUENCY,
		    V4L2_CID_POWER_LINE_FREQUENCY_50HZ },
		{ V4L2_CID_EXPOSURE_METERING,
		    V4L2_EXPOSURE_METERING_CENTER_WEIGHTED },
	};

	for (size_t i = 0; i < nitems(table); i++)
		set(fd, table[i].id, table[i].value);
	set_focus(fd, wishes);
}

/* ---- exposure ------------------------------------------------------------------------- */

bool
v4l2_take_exposure(int fd, struct expose *expose)
{
	struct v4l2_queryctrl query;
	struct v4l2_control now = { .id = V4L2_CID_EXPOSURE_ABSOLUTE };

	if (!offers(fd, V4L2_CID_EXPOSURE_AUTO, &query) ||
	    !offers(fd, V4L2_CID_EXPOSURE_ABSOLUTE, &query) ||
	    v4l2_control(fd, VIDIOC_G_CTRL, &now) < 0)
		return false;
	expose->least = query.minimum > 0 ? query.minimum : 1;
	expose->most = query.maximum;
	expose->value = now.value;
	return true;
}

void
v4l2_set_exposure(int fd, const struct expose *expose,
    enum expose_order order)
{
	if (order == EXPOSE_SET) {
		set(fd, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL);
		set(fd, V4L2_CID_EXPOSURE_ABSOLUTE, expose->value);
	} else if (order == EXPOSE_GIVE_BACK &&
	    !set(fd, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_APERTURE_PRIORITY)) {
		set(fd, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_AUTO);
	}
}
