"""Every method of the unmodified whatsapp-api-client-python, in strict mode: anything but a 200 raises.

Prints a line per method that was called; ends with an AssertionError or a GreenAPIError where something is not as a
client of the vendor finds it.
"""

import asyncio
import inspect
import json
import pathlib
import sys
import tempfile
import time

import requests
from whatsapp_api_client_python import API

host, id_instance, api_token, partner_token, native_key, account = sys.argv[1:7]
green = API.GreenAPI(id_instance, api_token, host=host, media=host, raise_errors=True)
partner = API.GreenApiPartner(partner_token, host=host)
partner.raise_errors = True

ANN, BOB = "79991112233@c.us", "79994445566@c.us"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)
called = set()


def call(module, method, *args, **kwargs):
    """The data of a call that must succeed."""
    owner = partner.partner if module == "partner" else getattr(green, module)
    response = getattr(owner, method)(*args, **kwargs)
    assert response.code == 200, (method, response.code, response.error)
    called.add((module, method))
    print("called", module, method, flush=True)
    return response.data


def expect(data, **members):
    for name, value in members.items():
        assert name in data, f"{name} is missing in {data}"
        found = data[name]
        good = value(found) if callable(value) else found == value and type(found) is type(value)
        assert good, f"{name} is {found!r} in {data}"


def text(value):
    return isinstance(value, str) and value != ""


def lever(name, body):
    url = f"{host}/v1/sandbox/{account}/{name}"
    answer = requests.post(url, json=body, headers={"Authorization": f"Bearer {native_key}"}, timeout=30)
    assert answer.status_code < 300, (name, answer.status_code, answer.text)


def until(wanted, what):
    for _ in range(200):
        found = wanted()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not come: {what}")


def state():
    return call("account", "getStateInstance")["stateInstance"]


def drain(wanted):
    """Receives and deletes until a notification is as wanted; returns it."""
    for _ in range(100):
        taken = call("receiving", "receiveNotification", 5)
        if taken is None:
            continue
        expect(taken, receiptId=lambda number: isinstance(number, int) and 0 < number < 2**31)
        expect(call("receiving", "deleteNotification", taken["receiptId"]), result=True)
        if wanted(taken["body"]):
            return taken["body"]
    raise AssertionError("the notification did not come")


folder = pathlib.Path(tempfile.mkdtemp())
picture = folder / "pixel one.png"
picture.write_bytes(PNG)
paper = folder / "paper.txt"
paper.write_text("hello")

# Account
settings = call("account", "getSettings")
for name in ("wid", "webhookUrl", "incomingWebhook", "outgoingWebhook", "outgoingAPIMessageWebhook", "stateWebhook"):
    assert isinstance(settings[name], str), settings
on = {name: "yes" for name in settings if name.endswith("Webhook")}
expect(call("account", "setSettings", {**on, "delaySendMessagesMilliseconds": 500}), saveSettings=True)
assert state() == "authorized"
expect(call("account", "getStatusInstance"), statusInstance="online")
expect(call("account", "getWaSettings"), phone=text, stateInstance="authorized", deviceId=lambda id: isinstance(id, str))
assert call("account", "getStateInstanceHistory", 5)[0]["stateInstance"] == "authorized"
expect(call("device", "getDeviceInfo"), platform="web")
expect(call("account", "setProfilePicture", str(picture)), setProfilePicture=True)
expect(call("account", "qr"), type="alreadyLogged")
expect(call("account", "reboot"), isReboot=True)
until(lambda: call("account", "getStatusInstance")["statusInstance"] == "online", "the account after its reboot")

# Receiving
expect(call("queues", "clearWebhooksQueue"), isCleared=True, reason="")
expect(call("queues", "getWebhooksCount"), count=0)
lever("receive", {"message": {"from": ANN[:11], "text": "hello shop"}})
heard = drain(lambda body: body["typeWebhook"] == "incomingMessageReceived")
expect(heard["messageData"], typeMessage="textMessage", textMessageData={"textMessage": "hello shop"})
assert set(heard["senderData"]) == {"chatId", "chatName", "sender", "senderName", "senderContactName"}, heard
assert heard["instanceData"]["idInstance"] == int(id_instance), heard
heard_id = heard["idMessage"]

# Sending
sent = call("sending", "sendMessage", ANN, "answer", quotedMessageId=heard_id, linkPreview=False, typingTime=1000)["idMessage"]
echo = drain(lambda body: body["typeWebhook"] == "outgoingAPIMessageReceived" and body["idMessage"] == sent)
expect(echo["messageData"], typeMessage="extendedTextMessage")
for wanted in ("delivered", "read"):
    drain(lambda body: body.get("status") == wanted and body["idMessage"] == sent)
uploaded = call("sending", "uploadFile", str(picture))["urlFile"]
assert requests.get(uploaded, timeout=30).content == PNG
call("sending", "sendFileByUrl", ANN, uploaded, "pixel.png", caption="by url")
upload = call("sending", "sendFileByUpload", ANN, str(picture), fileName="pixel two.png", caption="by upload")
expect(upload, idMessage=text, urlFile=text)
answer = requests.get(upload["urlFile"], timeout=30)
assert answer.content == PNG and answer.headers["content-type"] == "image/png", answer.headers
expect(call("sending", "sendPoll", ANN, "When?", [{"optionName": "now"}, {"optionName": "later"}]), idMessage=text)
expect(call("sending", "sendLocation", ANN, 0.0, -27.5, nameLocation="Here"), idMessage=text)
expect(call("sending", "sendContact", ANN, {"phoneContact": 79991112233, "firstName": "Ann"}), idMessage=text)
forwarded = call("sending", "forwardMessages", BOB, ANN, [sent])
assert len(forwarded["messages"]) == 1, forwarded
buttons = [
    {"type": "copy", "buttonId": "1", "buttonText": "Copy", "copyCode": "33"},
    {"type": "url", "buttonId": "2", "buttonText": "Open", "url": "https://example.org"},
]
expect(call("sending", "sendInteractiveButtons", ANN, "Choose", buttons, header="H", footer="F"), idMessage=text)
replies = [{"buttonId": "1", "buttonText": "Yes"}, {"buttonId": "2", "buttonText": "No"}]
expect(call("sending", "sendInteractiveButtonsReply", ANN, "Sure?", replies), idMessage=text)
expect(call("sending", "sendLink", ANN, "https://example.org"), idMessage=text)
expect(call("sending", "sendButtons", ANN, "Choose", [{"buttonId": 1, "buttonText": "One"}], footer="F"), idMessage=text)
template = [{"index": 1, "urlButton": {"displayText": "Open", "url": "https://example.org"}}]
expect(call("sending", "sendTemplateButtons", ANN, "Choose", template), idMessage=text)
sections = [{"title": "S", "rows": [{"rowId": "1", "title": "One", "description": "first"}]}]
expect(call("sending", "sendListMessage", ANN, "Choose", "Open", sections, title="T"), idMessage=text)

# Queues
assert isinstance(call("queues", "showMessagesQueue"), list)
expect(call("queues", "getMessagesCount"), count=lambda count: isinstance(count, int))
until(lambda: call("queues", "getMessagesCount")["count"] == 0, "the end of the queue")
expect(call("queues", "clearMessagesQueue"), isCleared=True)

# Journals
history = call("journals", "getChatHistory", ANN, 100)
assert any(row["idMessage"] == sent and row["statusMessage"] for row in history), history
assert history == sorted(history, key=lambda row: -row["timestamp"]), "newest first"
expect(call("journals", "getMessage", ANN, sent), idMessage=sent, type="outgoing", sendByApi=True)
expect(call("journals", "getMessage", ANN, heard_id), idMessage=heard_id, type="incoming", textMessage="hello shop")
assert any(row["idMessage"] == heard_id for row in call("journals", "lastIncomingMessages", 60))
assert any(row["idMessage"] == sent for row in call("journals", "lastOutgoingMessages", 60))
lever("call", {"from": ANN[:11], "stage": "missed"})
calls = until(lambda: call("journals", "lastIncomingCalls", 60), "the call")
expect(calls[0], type="incoming", chatId=ANN, status="missed", isVideo=False)
assert call("journals", "lastOutgoingCalls", 60) == []
link = call("receiving", "downloadFile", ANN, upload["idMessage"])["downloadUrl"]
assert requests.get(link, timeout=30).content == PNG

# Groups
group = call("groups", "createGroup", "Team", [ANN])
expect(group, created=True, chatId=lambda id: id.endswith("@g.us"), groupInviteLink=text)
group = group["chatId"]
expect(call("groups", "updateGroupName", group, "Crew"), updateGroupName=True)
expect(call("groups", "addGroupParticipant", group, BOB), addParticipant=True)
expect(call("groups", "setGroupAdmin", group, BOB), setGroupAdmin=True)
data = call("groups", "getGroupData", group)
expect(data, groupId=group, subject="Crew", size=lambda size: size >= 3)
assert any(member["id"] == BOB and member["isAdmin"] for member in data["participants"]), data
expect(call("groups", "removeAdmin", group, BOB), removeAdmin=True)
expect(call("groups", "removeGroupParticipant", group, BOB), removeParticipant=True)
expect(call("groups", "setGroupPicture", group, str(picture)), setGroupPicture=True)
expect(call("groups", "updateGroupSettings", group, False, False), updateGroupSettings=True)
expect(call("groups", "leaveGroup", group), leaveGroup=True, removeAdmin=True)

# Marks, service methods, contacts
expect(call("marking", "readChat", ANN, heard_id), setRead=True)
expect(call("marking", "readChat", ANN), setRead=True)
expect(call("serviceMethods", "checkWhatsapp", 79991112233), existsWhatsapp=True)
expect(call("serviceMethods", "checkWhatsapp", chatId="79990000404@c.us", force=True), existsWhatsapp=False, chatId="")
expect(call("serviceMethods", "getAvatar", ANN), urlAvatar=lambda url: isinstance(url, str), available=True)
assert any(row["id"] == ANN for row in call("serviceMethods", "getContacts")), "a contact"
assert all(row["type"] == "group" for row in call("serviceMethods", "getContacts", group=True, count=5))
assert any(row["id"] == ANN for row in call("serviceMethods", "getChats", 10))
expect(call("serviceMethods", "getContactInfo", ANN), chatId=ANN, products=[])
edited = call("serviceMethods", "editMessage", ANN, sent, "edited")
expect(edited, idMessage=lambda id: text(id) and id != sent)
until(lambda: call("journals", "getMessage", ANN, sent)["isEdited"], "the edit")
assert call("serviceMethods", "deleteMessage", ANN, sent) == "[]"
until(lambda: call("journals", "getMessage", ANN, sent)["isDeleted"], "the deletion")
assert call("serviceMethods", "archiveChat", ANN) == "[]"
assert next(row for row in call("serviceMethods", "getChats") if row["id"] == ANN)["archive"] is True
assert call("serviceMethods", "unarchiveChat", ANN) == "[]"
vanish = call("serviceMethods", "setDisappearingChat", ANN, 86400)
expect(vanish, chatId=ANN, disappearingMessagesInChat=True, ephemeralExpiration=86400)
assert call("serviceMethods", "sendTyping", ANN, 1000, "recording") == "[]"
expect(call("contacts", "addContact", ANN, "Ann", "Smith"), addContact=True)
expect(call("contacts", "editContact", ANN, "Anna"), editContact=True)
expect(call("contacts", "deleteContact", ANN), deleteContact=True)

# Statuses
story = call("statuses", "sendTextStatus", "open today", "#228B22", "SERIF")["idMessage"]
voice = folder / "voice.ogg"
voice.write_bytes(b"OggS" + bytes(60))
voice_url = call("sending", "uploadFile", str(voice))["urlFile"]
expect(call("statuses", "sendVoiceStatus", voice_url, "voice.ogg", "#228B22"), idMessage=text)
expect(call("statuses", "sendMediaStatus", uploaded, "pixel.png", "look"), idMessage=text)
shown = lambda row: row["idMessage"] == story and row["statusMessage"] not in ("", "pending")
until(lambda: any(map(shown, call("statuses", "getOutgoingStatuses", 60))), "the status")
assert isinstance(call("statuses", "getIncomingStatuses", 60), list)
assert isinstance(call("statuses", "getStatusStatistic", story), list)
assert call("statuses", "deleteStatus", story) == "[]"

# Partner
made = call("partner", "createInstance", {"name": "second", "incomingWebhook": "yes"})
expect(made, idInstance=lambda number: isinstance(number, int), apiTokenInstance=text, typeInstance="whatsapp")
rows = {row["idInstance"]: row for row in call("partner", "getInstances")}
assert rows[made["idInstance"]]["apiTokenInstance"] == made["apiTokenInstance"], rows
assert rows[int(id_instance)]["apiTokenInstance"] == api_token, rows
second = API.GreenAPI(str(made["idInstance"]), made["apiTokenInstance"], host=host, media=host, raise_errors=True)
assert second.account.getSettings().data["incomingWebhook"] == "yes"
expect(call("partner", "deleteInstanceAccount", made["idInstance"]), deleteInstanceAccount=True)
assert made["idInstance"] not in {row["idInstance"] for row in call("partner", "getInstances")}
try:
    second.account.getSettings()
    raise AssertionError("a deleted instance answers")
except API.GreenAPIError:
    pass

# The polling loop that bots run
events = []


def on_event(kind, body):
    if kind == "incomingMessageReceived":
        events.append(body["messageData"]["textMessageData"]["textMessage"])
        if len(events) == 3:
            green.webhooks.stopReceivingNotifications()


for number in range(3):
    lever("receive", {"message": {"from": BOB[:11], "text": f"loop {number}"}})
green.webhooks.startReceivingNotifications(on_event)
assert events == ["loop 0", "loop 1", "loop 2"], events
called |= {("webhooks", "startReceivingNotifications"), ("webhooks", "stopReceivingNotifications")}


# The same asynchronously. Not called: what never reaches a server in 0.0.55 (contract greenapi.md §7).
ARGUMENTS = {
    "account": {
        "setSettings": [{"stateWebhook": "yes"}], "setProfilePicture": [str(picture)], "getStateInstanceHistory": [3],
    },
    "contacts": {"addContact": [BOB, "Bob"], "editContact": [BOB, "Bobby"], "deleteContact": [BOB]},
    "device": {},
    "groups": {},
    "journals": {
        "getChatHistory": [ANN], "getMessage": [ANN, heard_id], "lastIncomingMessages": [60], "lastOutgoingMessages": [60],
        "lastIncomingCalls": [60], "lastOutgoingCalls": [60],
    },
    "marking": {"readChat": [ANN]},
    "queues": {},
    "receiving": {"receiveNotification": [5], "downloadFile": [ANN, upload["idMessage"]]},
    "sending": {
        "sendMessage": [ANN, "hi"], "sendButtons": [ANN, "m", replies], "sendTemplateButtons": [ANN, "m", template],
        "sendListMessage": [ANN, "m", "b", sections], "sendFileByUpload": [ANN, str(paper)],
        "sendFileByUrl": [ANN, uploaded, "a.png"], "sendLocation": [ANN, 1.0, 2.0],
        "sendContact": [ANN, {"phoneContact": 79991112233}], "sendLink": [ANN, "https://example.org"],
        "forwardMessages": [BOB, ANN, [heard_id]], "sendPoll": [ANN, "q", [{"optionName": "a"}, {"optionName": "b"}]],
        "sendInteractiveButtons": [ANN, "m", buttons], "sendInteractiveButtonsReply": [ANN, "m", replies],
    },
    "serviceMethods": {
        "checkWhatsapp": [79991112233], "getAvatar": [ANN], "getContactInfo": [ANN], "archiveChat": [ANN],
        "unarchiveChat": [ANN], "setDisappearingChat": [ANN, 0], "sendTyping": [ANN], "editMessage": [ANN, sent, "again"],
        "deleteMessage": [ANN, sent],
    },
    "statuses": {
        "sendTextStatus": ["async"], "sendVoiceStatus": [voice_url, "voice.ogg"],
        "sendMediaStatus": [uploaded, "a.png"], "getIncomingStatuses": [60], "getOutgoingStatuses": [60],
        "deleteStatus": [story],
    },
}
# These would end the login or the token; groups need a group each; the loop's delete is called by itself below.
ELSEWHERE = {
    "logout", "qr", "getAuthorizationCode", "updateApiToken", "reboot", "deleteNotification", "getStatusStatistic",
    "uploadFile", "startReceivingNotifications", "stopReceivingNotifications",
}


async def asynchronous():
    for module, arguments in ARGUMENTS.items():
        owner = getattr(green, module)
        for name, _ in inspect.getmembers(owner, inspect.iscoroutinefunction):
            method = name.removesuffix("Async")
            if method in ELSEWHERE or module == "groups":
                continue
            response = await getattr(owner, name)(*arguments.get(method, []))
            # A second clear within the minute is refused softly.
            assert response.code == 200, (name, response.code, response.error)
            print("called", module, name, flush=True)
    # The body is the bare number, and the path has none (contract §0.7).
    lever("receive", {"message": {"from": ANN[:11], "text": "async"}})
    taken = (await green.receiving.receiveNotificationAsync(5)).data
    assert (await green.receiving.deleteNotificationAsync(taken["receiptId"])).data["result"] is True
    made = (await green.groups.createGroupAsync("Async", [ANN])).data["chatId"]
    for name, more in {
        "updateGroupName": ["Async 2"], "getGroupData": [], "addGroupParticipant": [BOB], "setGroupAdmin": [BOB],
        "removeAdmin": [BOB], "removeGroupParticipant": [BOB], "setGroupPicture": [str(picture)],
        "updateGroupSettings": [True, True], "leaveGroup": [],
    }.items():
        response = await getattr(green.groups, name + "Async")(made, *more)
        assert response.code == 200, (name, response.error)
    made = (await partner.partner.createInstanceAsync({"name": "third"})).data["idInstance"]
    assert made in {row["idInstance"] for row in (await partner.partner.getInstancesAsync()).data}
    assert (await partner.partner.deleteInstanceAccountAsync(made)).data == {"deleteInstanceAccount": True}


asyncio.run(asynchronous())

# Logging in anew, by both ways; then the token
expect(call("account", "logout"), isLogout=True)
until(lambda: state() == "notAuthorized", "the logout")
qr = until(lambda: (lambda shown: shown if shown["type"] == "qrCode" else None)(call("account", "qr")), "the QR")
assert qr["message"].startswith("iVBOR"), qr
lever("scan", {})
until(lambda: state() == "authorized", "the login")
expect(call("account", "logout"), isLogout=True)
until(lambda: state() == "notAuthorized", "the logout")
expect(call("account", "getAuthorizationCode", 79990000001), status=True, code=text)
lever("scan", {})
until(lambda: state() == "authorized", "the login by a code")
renewed = call("account", "updateApiToken")["apiTokenInstance"]
assert renewed != api_token and len(renewed) == 50, renewed
try:
    green.account.getSettings()
    raise AssertionError("the old token lives")
except API.GreenAPIError as error:
    assert "status code: 401" in str(error), error
green.apiTokenInstance = renewed
assert state() == "authorized"

# Every synchronous method of every module was called. `job` is the deprecated twin of the loop.
for module in [*ARGUMENTS, "webhooks"]:
    owner = type(getattr(green, module))
    for name, method in inspect.getmembers(owner, inspect.isfunction):
        if not name.startswith("_") and not inspect.iscoroutinefunction(method) and name != "job":
            assert (module, name) in called, f"{module}.{name} was not called"
print("done", flush=True)
