/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * found - the devices of this machine: what they are called, and what they may
 * be. Part of parts.h.
 */
#ifndef READER_FOUND_H
#define READER_FOUND_H

#define PORTS_MAX READER_PORTS_MAX

/* ---- byname: the name that is a device's for good ---------------------------------- */

struct byname {
	char path[CONF_PATH_MAX]; /* of the device itself; then the name */
	char id[64];              /* what its plug says of it; "": nothing */
	bool twin;                /* another one says the same */
};

/*
 * The names below root (/dev/serial, /dev/v4l): by-id, which stays the same in
 * another socket; by-path, the socket's, where two devices have one id or it
 * has none; else the path. Knows twins only among these.
 */
void byname_settle(const char *root, struct byname *const devices[],
    size_t count);

/* ---- ports and cameras of this machine ----------------------------------------------- */

struct port_info {
	struct byname name;
	char words[192]; /* description, USB numbers: not clean */
};

/* Serial ports of this machine; returns their number. */
size_t port_list(struct port_info *ports, size_t max);
void port_describe(const char *path, struct port_info *port);

struct guess {
	enum reader_role role;
	const struct driver *driver;
	long baud;
};

#define CAMERA_FORMATS 8
#define CAMERA_SIZES 12

struct camera_size {
	unsigned width, height;
};

struct camera_info {
	struct byname name; /* its id is what the driver says: not clean */
	size_t nformats;
	struct camera_format {
		char code[5];     /* YUYV, MJPG, ... */
		bool read;        /* chot-camera takes it */
		size_t nsizes;
		struct camera_size sizes[CAMERA_SIZES];
	} formats[CAMERA_FORMATS];
};

/* Asks a video device; false: none, or it gives no pictures. */
bool camera_ask(const char *path, struct camera_info *info);
/* What it is, its formats, and the line to configure it. Pure. */
void camera_print(const struct camera_info *info, FILE *out);
/* All cameras of this machine; returns their number. */
size_t camera_list(FILE *out);

/* What sent these bytes at this line speed; false: cannot be told. */
bool guess(long baud, const unsigned char *bytes, size_t n,
    struct guess *out);

#endif
