"""Rules drafted from a tool's own words: two hundred tools as public packages name and describe them.

A line is name, description, parameters (all strings) and the effects that would be right.
"""

from __future__ import annotations

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.permissions import draft_rule, explain_rule

TOOLS = """\
browser_click|Perform click on a web page|element,ref|egress/write
browser_type|Type text into editable element|element,ref,text|egress/write
browser_snapshot|Capture accessibility snapshot of the current page, this is better than screenshot||read
browser_take_screenshot|Take a screenshot of the current page|filename|read/write
browser_press_key|Press a key on the keyboard|key|write/egress
browser_file_upload|Upload one or multiple files|paths|egress
browser_handle_dialog|Handle a dialog|accept,promptText|write
browser_evaluate|Evaluate JavaScript expression on page or element|function|execute
browser_tabs|List, create, close, or select a browser tab.|action,index|write
browser_wait_for|Wait for text to appear or disappear or a specified time to pass|text|read
browser_resize|Resize the browser window|width,height|write
browser_console_messages|Returns all console messages||read
browser_network_requests|Returns all network requests since loading the page||read
browser_hover|Hover over element on page|element|read/write
browser_drag|Perform drag and drop between two elements|startElement|write/egress
browser_install|Install the browser specified in the config.||execute
browser_close|Close the page||write
browser_select_option|Select an option in a dropdown|values|write
browser_fill_form|Fill multiple form fields|fields|write
puppeteer_fill|Fill out an input field|selector,value|write
slack_add_reaction|Add a reaction emoji to a message|channel_id,reaction|egress
slack_get_channel_history|Get recent messages from a channel|channel_id|read
conversations_add_message|Add a message to a channel, or direct message (DM)|channel_id,payload|egress
API-post-search|Search by title|query|read
notion-create-pages|Creates one or more Notion pages|pages|write/egress
notion_append_block_children|Append blocks to a parent block in Notion|block_id,children|write
create_payment_link|This tool will create a payment link in Stripe.|price,quantity|write
create_invoice|This tool will create an invoice in Stripe.|customer,days_until_due|write
finalize_invoice|This tool will finalize an invoice in Stripe.|invoice|write/pay/egress
create_refund|This tool will refund a payment intent in Stripe.|payment_intent,amount|pay
create_coupon|This tool will create a coupon in Stripe.|name|write
list_payment_intents|This tool will list payment intents in Stripe.|customer|read
cancel_subscription|This tool will cancel a subscription in Stripe.|subscription|delete
create_subscription|Create a subscription for a customer.|customer,price|pay/write
retrieve_balance|This tool will retrieve the balance from Stripe.||read
make_call|Make a phone call using Twilio.|to,from|egress
send_sms|Send an SMS|to,body|egress
validate_phone_number|Validate a phone number.|phone|read
edit_message|Edit a message|chat_id,message_id,text|write/egress
pin_message|Pin a message in a chat.|chat_id,message_id|write
mark_as_read|Mark all messages as read in a chat.|chat_id|write
leave_chat|Leave a group or channel by chat ID.|chat_id|write/delete
join_chat_by_link|Join a chat by invite link.|link|write/egress
block_user|Block a user by user ID.|user_id|write/delete
promote_admin|Promote a user to admin in a group/channel.|group_id,user_id|write/egress
set_profile_photo|Set a new profile photo.|file_path|write/egress
get_me|Get your own user information.||read
resolve_username|Resolve a username to a user or chat ID.|username|read
click_inline_button|Press an inline button|chat_id|egress/write
manage_event|Manages calendar events. Supports creating, updating, and deleting events.|action,summary|delete/write
draft_gmail_message|Creates a draft email in the user's Gmail account.|to,subject,body|write
modify_gmail_message_labels|Adds or removes labels from a Gmail message.|message_id|write/delete
create_doc|Creates a new Google Doc and optionally inserts initial content.|title,content|write
import_to_google_doc|Imports a file (Markdown, HTML, ODT) into Google Docs format|file_name,content|write
get_drive_shareable_link|Gets the shareable link for a Google Drive file or folder.|file_id|read
batch_share_drive_file|Shares a Google Drive file with multiple users|file_id,recipients|egress
transfer_drive_ownership|Transfers ownership of a file or folder to another user.|file_id,new_owner_email|write/egress
find_and_replace_doc|Finds and replaces text throughout a Google Doc.|document_id|write
inspect_doc_structure|Essential tool for finding safe insertion points|document_id|read
create_table_with_data|Creates a table and populates it|document_id|write
set_publish_settings|Updates the publish settings of a form.|form_id|write/egress
list_spaces|Lists Google Chat spaces||read
run_script_function|Executes a function in a deployed script.|script_id,function_name|execute
manage_deployment|Manages script deployments|action|write/execute
tweet|Post a tweet|text|egress
create_tweet|Create a new tweet.|text|egress
delete_tweet|Delete a tweet|id|delete
like_post|Like a post|id|egress/write
save_post|Save a post|id|write
follow|Follow a user|u|write
zoom_schedule_meeting|Schedule a new Zoom meeting.|topic,start_time|write
search_playlists|Search for playlists|query|read
add_to_queue|Add a track to the queue|uri|write
set_volume|Set volume|volume|write
complete_task|Mark a task as complete|task_id|write
close_task|Close a task|task_id|write
run_shell_command|Runs a shell command and returns the output or error.|args|execute
save_to_file_and_run|This function saves Python code to a file and then runs it.|file_name,code|execute
pip_install_package|This function installs a package using pip in the current environment.|package_name|execute
list_containers|List all containers.||read
run_container|Run a container.|image,command|execute
start_container|Start a container.|container_id|execute/write
pull_image|Pull an image.|image_name|execute/egress/write
prune_images|Prune unused images||delete
get_container_logs|Get the logs of a container.|container_id|read
exec_in_container|Execute a command in a container.|container_id,command|execute
summarize_email|Summarizes an email|email_id|read
send_draft_email|Send draft|draft_id|egress
trash_message|Moves a message to trash|id|delete
untrash_message|Restore|id|write
mark_email_as_spam|Marks an email as spam|id|write
get_available_slots|Get available time slots for a given event type|start_date|read
create_booking|Create a new booking.|start_time,email|pay/write
reschedule_booking|Reschedule an existing booking.|booking_uid,new_start_time|write
open_ticket|Opens a ticket|subject,body|write
escalate_to_human|Escalates conversation to a human|reason|egress
search_zendesk|Searches for articles in Zendesk Help Center that match the given search string.|search_string|read
send_transaction|Send a transaction to the EVM chain|address,amount|pay
get_top_hackernews_stories|Use this function to get top stories from Hacker News.|num_stories|read
get_current_weather|Get current weather|location|read
search_gifs|Find a GIPHY gif|query|read
sign_transaction|Sign a transaction|tx|pay/write
approve_token|Approve token spending|token,spender,amount|pay/write
deploy_contract|Deploy a smart contract|code|execute/pay
append_note|Appends content to a note.|note_name,content|write
register_note|Registers a new note|note_name|write
read_note|Reads the content|note_name|read
write_to_file|Write the given content to a file.|content,filename|write
glob_files|Find files by glob|pattern|read
extract_excel_content|Extract and process the content of an Excel file into Markdown format.|document_path|read
create_workbook|Create a new workbook|filename|write
create_presentation|Create a PowerPoint presentation|content,filename|write
stripe_customer_get|Retrieve a customer by ID.|customer_id|read
stripe_payment_list|List payments|limit|read
deploy_html_content|Deploy HTML content to a server|html_content|execute/egress
send_template_message|Send template|to|egress
get_message_templates|Retrieves message templates||read
react_to_message|React to a message with an emoji|message|egress/write
ask_human_via_console|Use this tool to ask a question to the human.|question|read/egress
clone_repo|Clone a repository|repo_url|egress/write
push|Push commits to the remote|remote|egress
rebase_branch|Rebase|branch|write
turn_on|Turns on a device|entity_id|write
set_temperature|Sets target temperature|entity_id,temperature|write
unlock_door|Unlock the door|door_id|write
call_service|Call any Home Assistant service|domain,service,data|execute/write/egress
control_light|Controls|entity,action|write
get_history|Get the history of an entity's state changes|entity_id|read
dispense_medicine|Dispense medication|drug,dose|write
update_prescription|Updates a prescription|patient_id|write
order_lab_test|Orders a lab test for a patient|patient_id,test|pay/write
approve_loan|Approve a loan application|loan_id,amount|pay/write
freeze_account|Freeze a bank account|account_id|write
apply_for_credit_card|Apply for credit card|card|pay/write/egress
report_incident|Reports an incident to the authorities|desc|egress
set_traffic_light|Set the state|id|write
launch_missile|Launch a missile|target|write/execute/egress
evacuate_building|Evacuate|b|write/egress
grant_access|Grants access|user|egress
disable_alarm|Disable alarm|id|write
share_location|Share location|to|egress
exchange_delivered_order_items|Exchange items in a delivered order to new items.|order_id,item_ids|write/pay
modify_pending_order_payment|Modify the payment method of a pending order.|order_id|write/pay
return_delivered_order_items|Return some items of a delivered order.|order_id|write/pay
transfer_to_human_agents|Transfer the user to a human agent, with a summary of the user's issue.|summary|egress/write
book_reservation|Book a reservation.|user_id|pay
send_certificate|Send a certificate to a user. Be careful!|user_id,amount|pay/egress
update_reservation_baggages|Update the baggage information of a reservation.|reservation_id|write/pay
calculate|Calculate the result of a mathematical expression.|expression|read
get_product_details|Get the inventory details of a product.|product_id|read
query_knowledge_graph|Query the graph|cypher|read/execute
execute_cypher|Run cypher|query|execute
upsert_vectors|Upsert vectors|vectors|write
restart_service|Restart a service|name|write/execute
scale_deployment|Scale|n|write
rollback_release|Rollback|id|write/execute
trigger_dag|Trigger a DAG run|dag_id|execute
invoke_lambda|Invoke a Lambda function|function_name,payload|execute
put_object|Uploads an object to S3|bucket,key|egress/write
get_object|Get object|bucket,key|read
purge_queue|Purge|queue|delete
acknowledge_incident|Acknowledge|id|write
page_oncall|Page the on-call engineer|team|egress
create_alert_rule|Create alert|rule|write
silence_alert|Silence alert|id|write
set_env_var|Set environment variable|name,value|write
rotate_secret|Rotate|secret|write
render_template|Render a template|template|read
generate_image|Generate an image from a prompt|prompt|write/read
text_to_speech|Convert text to speech|text|read/write
transcribe_audio|Transcribe audio|file|read
translate_text|Translates|text|read
convert_currency|Convert currency|amount,from,to|read
echo|Echoes back the input|message|read
add|Adds two numbers|a,b|read/write
fetch|Fetches a URL from the internet|url|egress
get_transcripts|Retrieves transcripts for a given YouTube video URL.|url|egress/read
resolve-library-id|Resolves a package name to a Context7-compatible library ID|libraryName|read
web_search_exa|Search the web using Exa AI|query|read
company_research_exa|Research companies using Exa AI - finds comprehensive information|companyName|read
deep_researcher_start|Start a comprehensive AI-powered deep research task|instructions|read/write/execute
scrape_as_markdown|Scrape a single webpage URL with advanced options|url|egress
get_figma_data|When the nodeId cannot be obtained, obtain the layout information|fileKey|read
download_figma_images|Download SVG and PNG images used in a Figma file|fileKey,localPath|write/read
list_prs|List|r|read
enable_toolset|Enable one of the sets of tools|toolset|write
star_repository|Star|repo|write/egress
assign_copilot_to_issue|Assign Copilot to a specific issue|issue|write/egress/execute
request_copilot_review|Request a GitHub Copilot code review for a pull request.|pr|egress/write
dismiss_notification|Dismiss a notification|threadID|write/delete
fork_repository|Fork|repo|write
bulk_delete|Delete many|filter|delete
empty_trash|Empties trash||delete
wipe_device|Remote wipe|id|delete
factory_reset|Reset to factory|id|delete/write
truncate_table|Truncate table|table|delete
"""


def _no_tool() -> None:
    pass


@pytest.mark.parametrize("line", TOOLS.splitlines(), ids=lambda line: line.partition("|")[0])
def test_effect(line: str) -> None:
    name, description, parameters, effects = line.split("|")
    schema = {"properties": {one: {"type": "string"} for one in parameters.split(",") if one}}
    spec = ToolSpec(name=name, fn=_no_tool, description=description, input_schema=schema)
    assert draft_rule(spec).effect in effects.split("/"), explain_rule(spec)["effect"]
