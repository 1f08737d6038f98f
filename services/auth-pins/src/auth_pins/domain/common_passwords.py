"""Passwords of twelve characters and more that are guessed first, and the words most others are made of."""

from __future__ import annotations

_PASSWORDS = """
123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 012345678910 123456789101112
098765432109 987654321098 987654321012 0987654321098 112233445566 123123123123 121212121212 101010101010
123456123456 123456654321 1234567812345678 1234512345123 147258369147 147852369147 159753159753 159357159357
789456123789 741852963741 123456789abc abc123456789 a12345678910 a123456789012 1a2b3c4d5e6f 1a2s3d4f5g6h
a1b2c3d4e5f6 abcd12345678 abcdef123456 abcdefghijkl abcdefghijklm abcdefghijklmnop abcdefghijklmnopqrstuvwxyz
1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6 q1w2e3r4t5y6u7 1qaz2wsx3edc
1qaz2wsx3edc4rfv 1qaz@wsx3edc qazwsxedcrfv qazwsxedcrfvtgb zaq12wsxcde3 zaq1xsw2cde3 zaq1zaq1zaq1 qwertyuiop12
qwertyuiop123 qwertyuiop[] qwertyuiop[]\\ qwertyuiopas qwertyuiopasdfgh qwertyuiopasdfghjkl qwerty123456
qwerty1234567 qwerty12345678 qwertyqwerty qwertyasdfgh qwertyasdfzxcv qwertzuiopas azertyuiop123
azertyuiopqsdf asdfghjkl123 asdfghjkl;' asdfghjklqwe asdfasdfasdf asdfghjklzxcvbnm zxcvbnm12345 zxcvbnmasdfg
zxcvbnmlkjhgf qweasdzxc123 qweqweqweqwe qwe123qwe123 qwe123asd456 asdqwe123456 abc123abc123 aaa111aaa111
password1234 password12345 password123456 passwordpassword password!234 password2024 password2025 password2026
mypassword12 mypassword123 thisismypassword yourpassword newpassword1 newpassword123 changemenow1 changeme1234
adminadmin12 administrator administrator1 adminpassword adminpassword1 rootpassword rootpassword1 testpassword
testpassword1 temppassword temppassword1 userpassword defaultpassword masterpassword superpassword
secretpassword welcome12345 welcome123456 welcomehome1 letmeinletmein letmein12345 letmeinplease iloveyou1234
iloveyou12345 iloveyouiloveyou iloveyousomuch iloveyouforever ilovemyfamily ilovemymother ilovemyfriends
princess1234 sunshine1234 football1234 baseball1234 superman1234 batman123456 dragon123456 monkey123456
shadow123456 master123456 michael12345 jennifer1234 charlie12345 manchesterunited manchester123 liverpool123
liverpoolfc1 barcelona123 realmadrid123 fcbarcelona1 chelsea12345 arsenal12345 juventus1234 christopher1
unbelievable metallica123 slipknot6661 pokemon12345 minecraft123 startrek1234 starwars1234 spongebob123
chocolate123 whatever1234 trustno1trustno1 jesuschrist1 jesusislord1 godisgood123 blessed12345 computer1234
internet1234 samsung12345 facebook1234 googlegoogle microsoft123 letmeinnow12 hello1234567 helloworld12
helloworld123 motdepasse12 motdepasse123 motdepasse1234 bonjour12345 jetaime12345 passwort1234 passwort12345
passwort123456 geheimgeheim geheim123456 hallohallo12 hallo1234567 schalke04schalke bayernmunchen luxembourg12
luxembourg123 letzebuerg12 loyaltyloyalty punchcard123 punchcard1234 stampcard1234 supersecret1 supersecret12
supersecret123 topsecret123 opensesame12 secret123456 correcthorsebatterystaple
"""

_WORDS = """
password passwort motdepasse passwd passphrase mypassword newpassword qwerty qwertz azerty qwertyuiop asdfgh
asdfghjkl zxcvbnm admin administrator guest testing welcome willkommen bienvenue letmein changeme iloveyou
jetaime monkey dragon master shadow sunshine princess football baseball superman batman trustno secret geheim
login hello hallo bonjour whatever starwars pokemon freedom michael jennifer charlie jordan liverpool chelsea
arsenal barcelona juventus computer internet samsung summer winter spring autumn january february luxembourg
punchcard loyalty default
"""

COMMON_PASSWORDS = frozenset(_PASSWORDS.split())
#: One of these, alone or twice, with nothing but digits and marks around it, is no password.
COMMON_WORDS = frozenset(_WORDS.split())
