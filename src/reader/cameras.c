/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cameras - which cameras are plugged in here, and what pictures they give.
 * They are only asked: nothing is set, and no picture is taken.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BY_ID "/dev/v4l/by-id"
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

/* The name that stays the same when it is plugged in elsewhere. */
static void
take_name(const char *path, struct camera_info *info)
{
	struct dirent *entry;
	DIR *directory = opendir(BY_ID);

	snprintf(info->path, sizeof(info->path), "%s", path);
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		char name[CONF_PATH_MAX], real[PATH_MAX];

		if (snprintf(name, sizeof(name), BY_ID "/%s",
		    entry->d_name) < (int)sizeof(name) &&
		    realpath(name, real) != NULL && strcmp(real, path) == 0)
			snprintf(info->path, sizeof(info->path), "%s", name);
	}
	if (directory != NULL)
		closedir(directory);
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
		snprintf(info->name, sizeof(info->name), "%.31s",
		    (const char *)can.card);
		if ((caps & V4L2_CAP_VIDEO_CAPTURE) != 0)
			ask_formats(fd, info);
	}
	close(fd);
	take_name(path, info);
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

	text_clean(info->name, strlen(info->name), clean, sizeof(clean) - 1);
	fprintf(out, "# %s  %s\n", info->path, clean);
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
		    info->path, best.width, best.height);
	else
		fprintf(out, _("#   no format that chot-camera reads\n"));
}

size_t
camera_list(FILE *out)
{
	size_t found = 0;

	for (int i = 0; i < CAMERAS_MAX; i++) {
		struct camera_info info;
		char path[32];

		snprintf(path, sizeof(path), "/dev/video%d", i);
		if (!camera_ask(path, &info))
			continue;
		camera_print(&info, out);
		found++;
	}
	return found;
}
