/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * qr - QR codes by libqrencode, the only file that knows it.
 */
#include "parts.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

int
qr_make(const char *text, size_t n, struct qr *qr, struct err *err)
{
	QRcode *code = QRcode_encodeData((int)n, (const unsigned char *)text,
	    0, QR_ECLEVEL_M);
	size_t count;

	*qr = (struct qr){ .width = 0 };
	if (code == NULL)
		return err_set(err, ERR_INPUT, "no QR code of the token: %s",
		    strerror(errno));
	qr->width = (size_t)code->width;
	count = qr->width * qr->width;
	qr->modules = malloc(count);
	if (qr->modules == NULL)
		mem_none();
	for (size_t i = 0; i < count; i++)
		qr->modules[i] = code->data[i] & 1;
	QRcode_free(code);
	return 0;
}

void
qr_free(struct qr *qr)
{
	free(qr->modules);
	*qr = (struct qr){ .width = 0 };
}
