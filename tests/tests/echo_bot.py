"""An unmodified whatsapp-chatbot-python bot that answers every text with the same text."""

import sys

from whatsapp_chatbot_python import GreenAPIBot, Notification

host, id_instance, api_token = sys.argv[1:4]
bot = GreenAPIBot(id_instance, api_token, host=host, media=host)


@bot.router.message(type_message="textMessage")
def echo(notification: Notification) -> None:
    notification.answer(notification.message_text)


print("ready", flush=True)
bot.run_forever()
