#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes persons.json: health certificates of one invented person whose card
agrees with some of them. In time until 2099, because a post's clock is the
machine's. Run by hand; the key is thrown away. Needs python3-cryptography."""
import os
here = os.path.dirname(os.path.abspath(__file__))
exec(open(os.path.join(here, 'make-odd.py')).read().split('\nEC = Key(')[0])

KEY = Key(ec.generate_private_key(ec.SECP256R1()), -7, until=2099)

def text(name, dob, body):
    prot = cbor({1: KEY.alg, 4: KEY.kid})
    payload = cbor(claims(dcc(body, nam=name, dob=dob), exp=4070908800))
    signature = KEY.sign(cbor(['Signature1', prot, b'', payload]))
    return 'HC1:' + base45(zlib.compress(cbor(Tag(18, [prot, {}, payload, signature]))))

MAU = {'fn': 'Đỗ', 'fnt': 'DO', 'gn': 'Thị Mẫu', 'gnt': 'THI<MAU'}
MAI = {'fn': 'Đỗ', 'fnt': 'DO', 'gn': 'Thị Mai', 'gnt': 'THI<MAI'}
LATIN = {'fnt': 'DO', 'gnt': 'THI<MAU'}
out = {
    'certificate': base64.b64encode(KEY.der).decode(),
    'agrees': text(LATIN, '2000-03', {'v': [v()]}),
    'agrees, recovery': text(MAU, '2000', {'r': [r()]}),
    'another birth': text(MAU, '2001-03-15', {'v': [v()]}),
    'somebody else': text({'fn': 'Lê', 'fnt': 'LE', 'gn': 'Văn Khác', 'gnt': 'VAN<KHAC'}, '1985-02-01', {'v': [v()]}),
    'another name': text(MAI, '2000-03-15', {'v': [v()]}),
}
json.dump(out, open(os.path.join(here, 'persons.json'), 'w'), indent=1, ensure_ascii=False)
