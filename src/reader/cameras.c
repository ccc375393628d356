/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cameras - which cameras are plugged in here, and what pictures they give.
 * They are only asked: nothing is set, and no picture is taken.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CAMERAS_MAX 64
#define WANTED_WIDTH 1280 /* a card across the picture wants so many dots */

static int
ask(int fd, unsigned long request, void *answer)
{
	int done;

	do
		done = ioctl(fd, request, answer);
	while (done < 0 && errno == EINTR);
	return done;
}

static void
ask_sizes(int fd, __u32 pixels, struct camera_format *format)
{
	struct v4l2_frmsizeenum size = { .pixel_format = pixels };

	for (; format->nsizes < CAMERA_SIZES &&
	    ask(fd, VIDIOC_ENUM_FRAMESIZES, &size) == 0; size.index++) {
		struct camera_size *s = &format->sizes[format->nsizes++];

		if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
			s->width = size.discrete.width;
			s->height = size.discrete.height;
			continue;
		}
		s->width = size.stepwise.max_width;
		s->height = size.stepwise.max_height;
		break; /* anything up to this one */
	}
}

static void
ask_formats(int fd, struct camera_info *info)
{
	static const char *const known[] = { "GREY", "NV12", "YUYV", "UYVY",
		"MJPG" };
	struct v4l2_fmtdesc desc = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	for (; info->nformats < CAMERA_FORMATS &&
	    ask(fd, VIDIOC_ENUM_FMT, &desc) == 0; desc.index++) {
		struct camera_format *f = &info->formats[info->nformats++];

		for (int i = 0; i < 4; i++) {
			char c = (char)(desc.pixelformat >> (8 * i));

			f->code[i] = c > ' ' && c < 0x7f ? c : '-';
		}
		for (size_t i = 0; i < nitems(known); i++)
			f->read = f->read || strcmp(f->code, known[i]) == 0;
		ask_sizes(fd, desc.pixelformat, f);
	}
}

bool
camera_ask(const char *path, struct camera_info *info)
{
	struct v4l2_capability can = { .capabilities = 0 };
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	__u32 caps;

	memset(info, 0, sizeof(*info));
	if (fd < 0)
		return false;
	if (ask(fd, VIDIOC_QUERYCAP, &can) == 0) {
		caps = (can.capabilities & V4L2_CAP_DEVICE_CAPS) != 0 ?
		    can.device_caps : can.capabilities;
		snprintf(info->name.id, sizeof(info->name.id), "%.31s",
		    (const char *)can.card);
		if ((caps & V4L2_CAP_VIDEO_CAPTURE) != 0)
			ask_formats(fd, info);
	}
	close(fd);
	snprintf(info->name.path, sizeof(info->name.path), "%.399s", path);
	return info->nformats > 0;
}

/* The smallest picture that is wide enough, else the widest there is. */
static struct camera_size
best_size(const struct camera_info *info)
{
	struct camera_size best = { 0, 0 };

	for (size_t i = 0; i < info->nformats; i++)
		for (size_t k = 0; k < info->formats[i].nsizes; k++) {
			struct camera_size s = info->formats[i].sizes[k];
			bool enough = s.width >= WANTED_WIDTH;

			if (!info->formats[i].read)
				continue;
			if (best.width < WANTED_WIDTH ? s.width > best.width :
			    enough && s.width < best.width)
				best = s;
		}
	return best;
}

void
camera_print(const struct camera_info *info, FILE *out)
{
	struct camera_size best = best_size(info);
	char clean[128];

	text_clean(info->name.id, strlen(info->name.id), clean, sizeof(clean) - 1);
	fprintf(out, "# %s  %s\n", info->name.path, clean);
	for (size_t i = 0; i < info->nformats; i++) {
		const struct camera_format *f = &info->formats[i];

		fprintf(out, "#   %s%s", f->code, f->read ? "" :
		    _(" (not read)"));
		for (size_t k = 0; k < f->nsizes; k++)
			fprintf(out, " %ux%u", f->sizes[k].width,
			    f->sizes[k].height);
		fputc('\n', out);
	}
	if (best.width > 0)
		fprintf(out, "camera = { \"v4l2:%s,size=%ux%u\" }\n",
		    info->name.path, best.width, best.height);
	else
		fprintf(out, _("#   no format that chot-camera reads\n"));
}

size_t
camera_list(FILE *out)
{
	struct camera_info *all = calloc(CAMERAS_MAX, sizeof(*all));
	struct byname *names[CAMERAS_MAX];
	size_t found = 0;

	if (all == NULL)
		mem_none();
	for (int i = 0; i < CAMERAS_MAX; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/dev/video%d", i);
		names[found] = &all[found].name;
		found += camera_ask(path, &all[found]);
	}
	byname_settle("/dev/v4l", names, found);
	for (size_t i = 0; i < found; i++)
		camera_print(&all[i], out);
	free(all);
	return found;
}
