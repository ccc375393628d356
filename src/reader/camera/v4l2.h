/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * v4l2 - what v4l2.c and v4l2_setup.c share.
 */
#ifndef CAMERA_V4L2_H
#define CAMERA_V4L2_H

#include "parts.h"

struct v4l2_wishes {
	int width, height, rate;
	enum { FOCUS_NEAR, FOCUS_AUTO, FOCUS_AT } focus;
	long focus_at;
};

/* ioctl(2) that goes on after a signal. */
int v4l2_control(int fd, unsigned long request, void *arg);
/* All that a camera offers and we can take. */
void v4l2_list_modes(int fd, const struct v4l2_wishes *wishes,
    struct modes *modes);
/* Wishes: a camera that does not know them works as well. */
void v4l2_set_controls(int fd, const struct v4l2_wishes *wishes);
/* False when the driver's exposure cannot be taken over. */
bool v4l2_take_exposure(int fd, struct expose *expose);
void v4l2_set_exposure(int fd, const struct expose *expose,
    enum expose_order order);

#endif
