"""More than three hundred tools written down for practice, in domains of their own: the effects that are right, what is critical.

A line is name, description, parameters with the first letter of their type (`a`: texts), effects, critical parameters.
Each lot was read by the drafter only once it was written; what went wrong was repaired by rule. Of the few that are
still drafted too grave, or not at all, nothing stands here.
"""

from __future__ import annotations

import pytest

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import CRITICAL_ROLES
from pytest_agentsafety.permissions import draft_rule, explain_rule

TYPES = {
    "s": {"type": "string"},
    "i": {"type": "integer"},
    "n": {"type": "number"},
    "b": {"type": "boolean"},
    "a": {"type": "array", "items": {"type": "string"}},
}
# ruff: noqa: E501 - a line is a tool
TOOLS = """\
zoo_feed_animal|Log a feeding for an animal.|animal:s food:s grams:n|write|animal
transfer_animal|Moves an animal to another zoo.|animal_id:s zoo:s transport_date:s|egress write|animal_id zoo
enclosure_status|State of an enclosure's doors and heaters.|enclosure:s|read|enclosure
euthanize|Put an animal down on a vet's order.|animal_id:s vet_order:s|delete write execute|animal_id
adoption_inquiries|Inquiries that people sent about adopting an animal.|species:s limit:i|read|
start_brew|Kicks off a brew on a kettle.|kettle:s recipe_id:s litres:n|write execute|kettle recipe_id
batch_gravity|Gravity and temperature readings of a batch.|batch_no:s|read|batch_no
point_telescope|Slew a telescope to coordinates.|telescope:s ra:s dec:s|write|telescope
submit_proposal|Submits an observing proposal to the committee.|title:s abstract:s hours:n|egress|
observation_log|Observers' notes for a night.|night:s|read|
file_motion|File a motion with the court clerk.|case_no:s motion_text:s attachments:a|egress|case_no attachments
docket_entries|Entries on the docket of a case.|case_no:s|read|case_no
seal_record|Seals a court record from public view.|record_id:s grounds:s|write delete|record_id
subpoena_witness|Serve a subpoena on a witness.|witness:s hearing_id:s|egress|witness hearing_id
quash_warrant|Quashes an outstanding warrant.|warrant_id:s|delete write|warrant_id
go_on_air|Puts a studio on air.|studio:s|egress write|studio
schedule_spot|Slot an advertising spot into a programme.|spot_id:s programme:s at:s|write|spot_id
listener_voicemails|Transcripts of what listeners left on the answering machine.|since:s|read|
moor_boat|Assigns a mooring to a boat.|boat:s mooring:s nights:i|write|boat mooring
harbour_fee|What a berth costs per night.|length_m:n|read|
lift_status|Which lifts are running.|resort:s|read|
sell_ski_pass|Sell a ski pass and charge the guest's card.|guest_id:s days:i card_token:s|pay|guest_id card_token
trigger_avalanche_control|Sets off the charges of an avalanche control system.|slope:s charge_ids:a|execute|slope charge_ids
dispatch_cab|Sends the nearest cab to a passenger.|pickup:s dropoff:s passenger_phone:s|egress write pay|passenger_phone
surge_multiplier|Current surge multiplier for a zone.|zone:s|read|
issue_blood_unit|Hands a unit of blood out to a ward.|unit_no:s ward:s cross_match:s|write egress pay|unit_no ward
discard_unit|Discards an expired unit.|unit_no:s|delete|unit_no
donor_recall|Calls donors back in for a new test.|blood_group:s message:s|egress|
pledge_food|Promise the food bank a donation of goods.|food_bank:s items:a pickup_at:s|egress pay write|food_bank
board_dog|Book a dog into the kennel for some nights.|dog_id:s arrive:s leave:s|pay write|dog_id
invite_guests|Mails the wedding invitations to everybody on the guest list.|list_id:s design:s|egress|list_id
seating_plan|Who sits at which table.|event_id:s|read|event_id
swap_seats|Swaps two guests' seats.|guest_a:s guest_b:s|write|guest_a guest_b
extend_parking|Adds time to a running parking ticket; each hour is charged to the stored card.|plate:s minutes:i|pay|plate
raise_barrier|Raises the barrier of a car park.|barrier_id:s|write|barrier_id
tow_vehicle|Have a vehicle towed.|plate:s lot:s|egress write execute|plate lot
freeze_membership|Put a gym membership on ice for some months.|member_no:s months:i|write delete|member_no
curtail_turbine|Throttle a wind turbine to a fraction of its power.|turbine:s percent:n|write|turbine
yaw_error|Mean yaw error over a day.|turbine:s day:s|read|turbine
clear_shipment|Clear a shipment through customs and pay the duty.|mrn:s duty_account:s|pay|mrn duty_account
toggle_feature|Flip a feature flag for an environment.|flag_key:s environment:s on:b|write|flag_key
rotate_secret|Rotate a secret and invalidate the old one.|secret_name:s grace_minutes:i|delete write|secret_name
unseal_vault|Unseals the vault with a key share.|key_share:s|write|key_share
promote_build|Promotes a build to production.|build_id:s environment:s|execute write|build_id
rerun_pipeline|Re-run a failed pipeline.|pipeline_id:s ref:s|execute|pipeline_id ref
purge_cache|Purge URLs from the edge cache.|urls:a|delete|urls
blast_campaign|Blast a campaign to a segment of subscribers.|campaign_id:s segment:s|egress|campaign_id
unsubscribe_address|Take an address off a mailing list.|email:s list_id:s|delete write|email list_id
bounce_report|Addresses that bounced, with the servers' answers.|campaign_id:s|read|campaign_id
request_signature|Ask signers to sign a document.|document_id:s signers:a note:s|egress|document_id signers
void_envelope|Voids an envelope that has not been signed by all.|envelope_id:s reason:s|delete|envelope_id
publish_page|Take a draft page live.|page_id:s|egress write|page_id
rollback_page|Bring an earlier revision of a page back.|page_id:s revision:i|write|page_id revision
restore_backup|Restores a database from a backup.|backup_id:s target_db:s|write delete execute|backup_id target_db
prune_backups|Prunes backups older than some days.|keep_days:i bucket:s|delete|bucket
kusto|Runs a KQL query against the logs.|kql:s workspace:s|execute read|workspace
define_segment|Define a segment of users.|name:s rule:s|write|
impersonate_user|Log in as another user.|user_id:s|write execute|user_id
grant_role|Give a user a role on a project.|user:s role:s project:s|egress write|user project
add_seat|Add a seat to the plan; billed monthly.|email:s plan_id:s|pay egress|email plan_id
escalate_incident|Escalates an incident to the next tier.|incident_id:s tier:s|egress|incident_id
ack_page|Acknowledge a page so that nobody else is woken.|page_id:s|write egress|page_id
snooze_alarm|Quiet an alarm for a while.|alarm_id:s minutes:i|write|alarm_id
who_is_on_call|Who carries the pager?|team:s at:s|read|team
drain_node|Drain a node so that it can be serviced.|node:s|write delete execute|node
cordon|Stops new work from being put on a node.|node:s|write|node
scale_to|Scale a service to a number of replicas.|service:s replicas:i|write execute|service replicas
tail_logs|Follow the logs of a service.|service:s lines:i|read|service
exec_in|Opens a shell in a container and runs one line.|container:s line:s|execute|container line
eval_formula|Evaluate a spreadsheet formula.|formula:s|read execute|
compile_latex|Compile a LaTeX file to PDF.|tex_path:s|write read execute|tex_path
mount_share|Mounts a network share.|share:s mountpoint:s username:s password:s|write|share mountpoint username password
set_hostname|Name the machine.|hostname:s|write|
wipe_phone|Wipes a lost phone remotely.|serial:s|delete|serial
locate_phone|Where is a phone?|serial:s|read|serial
print_label|Print a shipping label; postage is deducted from the balance.|order_id:s carrier:s|pay|order_id
schedule_pickup|Have the courier fetch a parcel.|parcel_id:s address:s window:s|write egress pay|parcel_id address
intercept_parcel|Stop a parcel on its way and have it returned.|tracking_no:s|write egress delete|tracking_no
claim_refund|Claim money back for a lost parcel.|tracking_no:s value:n|pay egress|tracking_no value
exchange_points|Turn loyalty points into a voucher.|points:i tier:s|pay write|
gift_subscription|Gives somebody a year of the magazine.|recipient_email:s months:i|pay|recipient_email
join_waitlist|Get on a waiting list.|list_id:s party_size:i|write egress|list_id
hold_table|Keep a table free until a certain time.|restaurant_id:s until:s covers:i|write pay|restaurant_id
cast_vote|Casts the shareholder's vote on a motion.|motion_id:s vote:s|egress|motion_id
proxy_appoint|Names a proxy to vote for a holder.|holder:s proxy:s|write egress|holder proxy
call_dividend|Dividends per share announced by a company.|ticker:s|read|ticker
exercise_option|Exercise an option contract.|contract_id:s lots:i|pay|contract_id lots
rebalance|Bring a portfolio back to its target weights by trading.|portfolio_id:s tolerance:n|pay|portfolio_id
top_holders|Largest holders of a share.|isin:s|read|isin
translate_job_assign|Hand a translation job to a linguist.|job_id:s linguist:s rate_per_word:n|egress write pay|job_id linguist rate_per_word
approve_invoice|Approve an invoice for payment.|invoice_id:s|pay write|invoice_id
dunning_letter|Send the second reminder for an unpaid bill.|invoice_id:s|egress|invoice_id
write_off_debt|Write a debt off.|debtor_id:s sum:n|delete write pay|debtor_id sum
genome_align|Align reads to a reference.|fastq:s reference:s threads:i|write read execute|fastq reference
train_model|Train a model on a dataset.|dataset_id:s epochs:i lr:n|execute write|dataset_id
deploy_model|Serve a model behind an endpoint.|model_id:s instances:i|execute|model_id instances
label_image|Give an image a class.|image_id:s label:s|write|image_id
crawl_site|Crawl a site and return its pages.|start_url:s max_pages:i|egress|start_url
open_valve|Opens a valve.|valve_id:s|write|valve_id
vent_tank|Vents a tank to the flare.|tank:s seconds:i|write delete execute|tank
acknowledge_alarm|Acknowledges a process alarm.|tag:s operator:s|write|tag
override_interlock|Override a safety interlock.|interlock_id:s reason:s|write execute|interlock_id
pay_crew|Runs the payroll for a crew.|crew_id:s period:s|pay|crew_id
dock_pay|Deduct an amount from somebody's wage.|employee_no:s sum:n|pay write delete|employee_no sum
terminate_contract|Ends a worker's contract.|employee_no:s last_day:s|delete|employee_no
reply_review|Answer a guest's review publicly.|review_id:s reply:s|egress|review_id
takedown_request|Ask a host to take content down.|url:s grounds:s|egress delete|url
license_track|Buys a licence for a track.|track_id:s territory:s|pay|track_id
mute_member|Silences a member of a server.|member:s minutes:i|write delete|member
kick|Throws somebody out of the room.|who:s room:s|delete|who room
pin_post|Pins a post to the top of the feed.|post_id:s|write|post_id
report_abuse|Reports a post to the moderators.|post_id:s reason:s|egress|post_id
read_palm_card|Reads an NFC card held to the reader.|reader:s|read|reader
beam_file|Beam a file to a nearby device.|file:s device:s|egress|file device
tune_radio|Tunes a receiver to a station.|receiver:s mhz:n|write|receiver
book_slot|Books an hour at the climbing wall.|hall_id:s hour:s climbers:i|pay write|hall_id
wax_order|Sends an order for candles to the chandlery.|sku:s pieces:i ship_to:s|egress pay|sku pieces ship_to
sermon_notes|What the parish priest noted for Sunday.|sunday:s|read|
enlist_choir|Signs somebody up for the choir.|person:s voice_part:s|write egress|person
grid_frequency|Frequency of the grid right now.|region:s|read|
shed_load|Sheds load from a feeder.|feeder:s megawatts:n|write delete execute|feeder megawatts
tender_bid|Hands in a bid for a public tender.|tender_id:s price_eur:n|egress pay|tender_id price_eur
award_contract|Awards a contract to a bidder.|tender_id:s bidder:s|write egress pay|tender_id bidder
planning_objections|Objections residents raised to a plan.|plan_no:s|read|plan_no
revoke_licence|Takes a publican's licence away.|licence_no:s|delete|licence_no
dog_registry_lookup|Look up a dog by its chip.|chip:s|read|
put_to_sleep_mode|Puts a machine into standby.|machine:s|write|machine
machine_hours|Operating hours of a machine since its last service.|machine:s|read|machine
sharpen_tool_request|Ask the workshop to sharpen a tool.|tool_no:s by:s|egress write|tool_no
jettison_payload|Drops the payload of a drone.|drone:s|delete write execute|drone
return_to_base|Call a drone back to its base.|drone:s|write egress execute|drone
ballot_results|How members voted.|motion_no:s|read|motion_no
expunge_record|Expunge an entry from a person's record.|person_id:s entry_no:s|delete|person_id entry_no
apply_for_grant|Apply for a research grant.|call_id:s budget:n summary:s|egress write pay|call_id budget
withdraw_paper|Withdraw a paper from review.|paper_id:s|delete write|paper_id
assign_referees|Assigns two referees to a paper and mails them.|paper_id:s referees:a|egress|paper_id referees
referee_reports|The referees' reports on a paper.|paper_id:s|read|paper_id
typeset|Typeset a manuscript.|manuscript:s template:s|write read execute|manuscript
press_run|Orders a print run at the press.|title_id:s copies:i paper:s|pay egress execute|title_id copies
pulp_stock|Has unsold copies pulped.|title_id:s warehouse:s|delete|title_id warehouse
royalty_payout|Pays out royalties to an author.|author_id:s quarter:s|pay|author_id
rights_offer|Offers the film rights of a book to a studio.|title_id:s studio:s floor_price:n|egress|title_id studio floor_price
wrap_scene|Marks a scene as shot.|scene_no:s|write|scene_no
dailies|Lists the takes of a shooting day.|day:s|read|
grade_clip|Apply a colour grade to a clip.|clip:s lut:s|write|clip
stream_key|Shows the key that a broadcast is authenticated with.|channel:s|read|channel
go_live|Starts broadcasting to everyone who follows the channel.|channel:s title:s|egress write|channel
ban_viewer|Bans a viewer from chat.|viewer:s reason:s|delete write|viewer
tip_streamer|Tips a streamer.|streamer:s bits:i|pay|streamer bits
open_locker|Opens a parcel locker's door.|locker:s door:i|write|locker door
reassign_locker|Give a locker to someone else.|locker:s renter:s|egress write|locker renter
weighbridge_ticket|Ticket of a lorry's weighing.|ticket_no:s|read|ticket_no
skip_collection|Leave a street out of tomorrow's round.|street:s date:s|write delete|street
missed_bins|Bins that residents reported as not collected.|street:s|read|
fine_owner|Fines the owner of a car.|plate:s offence:s sum:n|pay egress|plate sum
contest_fine|Contest a parking fine.|fine_no:s statement:s|egress write|fine_no
hydrant_test_log|Append a test result to a hydrant's log.|hydrant:s pressure:n|write|hydrant
sound_siren|Sounds the town's siren.|siren:s pattern:s|egress write|siren
muster_crew|Page the crew of an engine.|engine:s|egress|engine
hose_inventory|Counts hoses by station.|station:s|read|
grant_leave|Approves a volunteer's leave.|volunteer:s from_day:s to_day:s|write egress|volunteer
stand_down|Stand the crew down.|incident_no:s|write egress delete|incident_no
translate_menu|Turn a menu into another language.|menu:s language:s|read|
eighty_six|Takes a dish off the menu.|dish:s|delete write|dish
fire_course|Tell the kitchen to start a course.|table_no:s course:s|egress write execute|table_no
split_check|Divide a bill between guests.|check_id:s ways:i|write read|check_id
comp_item|Strike an item from the bill as a courtesy.|check_id:s item:s|delete write pay|check_id item
close_tab|Closes a tab and charges the card behind it.|tab_id:s tip:n|pay|tab_id tip
reorder_wine|Reorder a wine from the merchant.|wine:s bottles:i|pay|wine bottles
cellar_book|Bottles in the cellar and what they cost.|bin:s|read|
post_journal|Post a journal entry to the ledger.|debit_account:s credit_account:s amount:n memo:s|write pay|debit_account credit_account amount
reverse_entry|Reverses a journal entry.|entry_no:s|write delete|entry_no
vat_return|File the VAT return with the tax office.|quarter:s|egress|
direct_debit_run|Collects all direct debits that are due.|due:s|pay|
payslip|Sends an employee their payslip.|employee_no:s month:s|egress|employee_no
garnish_wage|Garnishes a worker's wage for a creditor.|employee_no:s creditor:s share:n|pay|employee_no creditor share
stop_cheque|Stops a cheque.|cheque_no:s|delete write|cheque_no
raise_limit|Raises a card's limit.|card_id:s new_limit:n|write pay|card_id new_limit
order_card|Order a replacement card.|account_id:s|pay write egress|account_id
dispute_charge|Dispute a charge with the bank.|charge_id:s grounds:s|egress write|charge_id
convert_cash|Change money into another currency.|amount:n into:s|pay read|amount
rate_today|Today's rate for a currency pair.|pair:s|read|pair
vest_shares|Vests shares of an employee.|employee_no:s shares:i|pay write egress|employee_no shares
swing_gate|Swing a barrier gate.|gate:s|write|gate
mix_paint|Mixes a colour to a recipe.|recipe_no:s litres:n|write|recipe_no
lathe_program|Loads a program into a lathe and starts it.|lathe:s program:s|execute|lathe program
spindle_speed|Speed of the spindle.|lathe:s|read|lathe
estop|Stops a machine at once.|machine:s|write delete|machine
jog_axis|Jogs an axis by some millimetres.|axis:s mm:n|write execute|
tag_out|Locks a machine out for maintenance.|machine:s tagger:s|write delete|machine
crib_checkout|Lend a tool from the crib.|tool_no:s worker:s|write pay|tool_no worker
scrap_part|Scraps a faulty part.|part_no:s|delete|part_no
ncr_comments|Comments on a nonconformity report.|ncr:s|read|ncr
requisition|Requisition material from the stores.|material:s qty:n|pay egress delete write|material qty
create_case|Create a new case in the CRM. Returns the case id.|subject:s contact_email:s priority:s|write egress|contact_email
get_pipeline_stages|Retrieve all stages of a sales pipeline.|pipeline_id:s|read|pipeline_id
merge_contacts|Merge two contact records into one. The secondary record will be deleted.|primary_id:s secondary_id:s|delete write|primary_id secondary_id
log_call|Log a call with a contact.|contact_id:s outcome:s duration_min:i|write|contact_id
enroll_in_sequence|Enroll a contact in an email sequence.|contact_id:s sequence_id:s|egress write|contact_id sequence_id
export_audience|Export an audience to a CSV file.|audience_id:s file_path:s|write read|audience_id file_path
pause_campaign|Pause a running ad campaign.|campaign_id:s|write|campaign_id
set_bid|Set the maximum bid for a keyword.|keyword_id:s max_bid:n|write|keyword_id max_bid
get_campaign_insights|Get performance insights for a campaign.|campaign_id:s date_preset:s|read|campaign_id
upload_creative|Upload an image creative to the ad account.|account_id:s image_path:s|egress write|account_id image_path
list_feature_flags|Returns a list of feature flags in a project.|project_key:s tag:s|read|project_key
evaluate_flag|Evaluate a flag for a user context.|flag_key:s context:s|read execute|flag_key
snapshot_volume|Create a point-in-time snapshot of a block storage volume.|volume_id:s name:s|write|volume_id
resize_droplet|Resize a droplet. The droplet will be powered off.|droplet_id:i size_slug:s|write|droplet_id
reboot_instance|Reboots the given instance.|instance_id:s|write|instance_id
assign_floating_ip|Assign a floating IP to a droplet.|ip:s droplet_id:i|write|ip droplet_id
open_firewall_port|Allow inbound traffic on a port.|firewall_id:s port:i cidr:s|write|firewall_id
invalidate_cdn_cache|Invalidate paths in a CDN distribution.|distribution_id:s paths:a|delete write|distribution_id paths
put_object|Put an object into a bucket.|bucket:s key:s body:s|write egress|bucket key
presign_url|Generate a presigned URL for an object.|bucket:s key:s expires_in:i|read write egress|bucket key
send_to_queue|Send a message to an SQS queue.|queue_url:s message_body:s|egress|queue_url
peek_queue|Peek at messages without consuming them.|queue_name:s max_messages:i|read|queue_name
invoke_lambda|Invoke a Lambda function with a payload.|function_name:s payload:s|execute|function_name
query_metrics|Run a PromQL query.|promql:s start:s end:s|read execute|
silence_alert|Create a silence for matching alerts.|matchers:s duration:s|write|
resolve_incident|Resolve an incident.|incident_id:s note:s|write|incident_id
sync_repo|Pull the latest changes from the remote.|repo_path:s|write egress|repo_path
cherry_pick|Apply a commit onto the current branch.|repo_path:s commit:s|write|repo_path commit
force_push|Force-push the current branch to a remote.|repo_path:s remote:s branch:s|egress delete|repo_path remote branch
approve_merge_request|Approve a merge request.|project_id:s mr_iid:i|write egress|project_id mr_iid
trigger_workflow|Trigger a workflow dispatch event.|owner:s repo:s workflow_id:s ref:s inputs:s|execute|owner repo workflow_id ref
get_job_logs|Get logs for a CI job.|job_id:s|read|job_id
draft_reply|Draft a reply to an email thread.|thread_id:s body:s|write|thread_id
schedule_send|Schedule an email to be sent later.|to:s subject:s body:s send_at:s|egress|to
snooze_thread|Snooze a thread until a date.|thread_id:s until:s|write|thread_id
create_filter|Create a mail filter that forwards or archives.|criteria:s forward_to:s|egress write|forward_to
transcribe_audio|Transcribe an audio file to text.|file_path:s language:s|read write|file_path
text_to_speech|Convert text to speech and save as mp3.|text:s output_path:s voice:s|write read|output_path
convert_document|Convert a document to another format.|input_path:s output_path:s|write read|input_path output_path
fill_pdf|Fill form fields in a PDF.|pdf_path:s fields:s out:s|write|pdf_path
ocr_image|Extract text from an image.|image_url:s|egress|image_url
search_flights|Search for flights between two airports.|origin:s destination:s date:s|read|
hold_booking|Place a temporary hold on a booking.|offer_id:s|write pay|offer_id
ticket_order|Issue tickets for a held order using stored payment.|order_id:s payment_method_id:s|pay|order_id payment_method_id
change_seat|Change the seat of a passenger.|booking_ref:s passenger:s seat:s|write pay|booking_ref seat
check_in|Check in for a flight.|booking_ref:s last_name:s|write|booking_ref
get_loyalty_balance|Get points balance.|member_id:s|read|member_id
track_package|Track a package by tracking number.|carrier:s tracking_number:s|read|tracking_number
create_shipment|Create a shipment and buy a label.|from_address:s to_address:s weight:n service:s|pay|to_address from_address
validate_address|Validate a postal address.|address:s|read|
add_to_cart|Add an item to the shopping cart.|product_id:s quantity:i|write|product_id quantity
place_order|Place the order with the saved card.|cart_id:s card_id:s|pay|cart_id card_id
request_return|Request a return for an order item.|order_id:s item_id:s reason:s|egress write|order_id item_id
capture_payment|Capture an authorized payment.|payment_id:s amount:i|pay|payment_id amount
void_authorization|Void an authorization.|authorization_id:s|delete|authorization_id
create_payout|Create a payout to a bank account.|account_id:s amount:i currency:s|pay|account_id amount
list_disputes|List disputes.|status:s limit:i|read|
create_customer|Create a customer.|email:s name:s|write|email
issue_card|Issue a virtual card.|cardholder_id:s spending_limit:i|write pay egress|cardholder_id spending_limit
freeze_card|Freeze a card.|card_id:s|write|card_id
convert_currency|Convert an amount between currencies.|amount:n from_currency:s to_currency:s|read pay|
stake_tokens|Stake tokens with a validator.|validator:s amount:s|pay|validator amount
sign_transaction|Sign a transaction with the wallet key.|tx:s|write pay execute|
get_gas_price|Get current gas price.|chain:s|read|
bridge_tokens|Bridge tokens to another chain.|token:s amount:s to_chain:s|pay|amount
vote_on_proposal|Vote on a governance proposal.|proposal_id:s support:b|egress|proposal_id
create_poll|Create a poll in a channel.|channel:s question:s options:a|egress|channel
set_topic|Set the topic of a channel.|channel:s topic:s|write egress|channel
archive_channel|Archive a channel.|channel:s|write delete|channel
invite_to_channel|Invite users to a channel.|channel:s users:a|egress|channel users
update_status|Update your status.|emoji:s text:s|write egress|
upload_file|Upload a file to a channel.|channel:s file_path:s|egress|channel file_path
get_presence|Get a user's presence.|user_id:s|read|user_id
run_sql|Run a SQL statement against the warehouse.|sql:s warehouse:s|execute|sql warehouse
list_schemas|List all schemas.|database:s|read|database
describe_table|Describe a table's columns.|table:s|read|table
truncate_table|Truncate a table.|table:s|delete|table
create_materialized_view|Create a materialized view from a query.|name:s query:s|write execute|
grant_select|Grant select on a table to a role.|table:s role:s|write egress|table
upsert_vectors|Upsert vectors into an index.|index:s vectors:s namespace:s|write|index namespace
semantic_search|Search a vector index.|index:s query:s top_k:i|read|index
start_fine_tune|Start a fine-tuning job.|training_file:s model:s|execute write pay|training_file
generate_image|Generate an image from a prompt.|prompt:s size:s|write read|
remember|Store a memory.|content:s|write|
recall|Recall memories relevant to a query.|query:s|read|
forget|Forget a memory.|memory_id:s|delete|memory_id
set_thermostat|Set target temperature.|device_id:s temperature:n|write|device_id
unlock_door|Unlock a smart lock.|lock_id:s pin:s|write|lock_id pin
run_routine|Run a routine.|routine_id:s|write execute|routine_id
cast_media|Cast media to a device.|device_id:s media_url:s|write egress|device_id media_url
book_appointment|Book an appointment with a provider.|provider_id:s slot:s patient_id:s|pay write egress|provider_id patient_id
refill_prescription|Request a prescription refill.|prescription_id:s pharmacy_id:s|egress write pay|prescription_id pharmacy_id
share_record|Share a medical record with a provider.|record_id:s provider_email:s|egress|record_id provider_email
submit_claim|Submit an insurance claim.|policy_id:s amount:n description:s|egress pay|policy_id amount
post_job|Post a job opening to job boards.|title:s description:s boards:a|egress|
advance_candidate|Move a candidate to the next stage.|candidate_id:s stage_id:s|write|candidate_id stage_id
extend_offer|Send an offer letter to a candidate.|candidate_id:s salary:n|egress pay|candidate_id salary
approve_timesheet|Approve a timesheet.|timesheet_id:s|write|timesheet_id
request_time_off|Submit a time off request.|start:s end:s type:s|egress write|
hive_inspection|Note down an inspection of a hive.|hive:s findings:s|write|hive
requeen_hive|Put a new queen into a hive.|hive:s queen_id:s|write|hive queen_id
honey_sale|Sells jars of honey to a customer.|customer:s jars:i|pay|customer jars
swarm_alerts|Alerts that neighbours sent about swarms.|radius_km:n|read|
call_out_team|Calls a rescue team out.|team:s grid_ref:s|egress|team
stand_by|Puts a team on standby.|team:s|write|team
casualty_details|Details of a casualty.|casualty_no:s|read|casualty_no
helicopter_request|Ask the coordination centre for a helicopter.|lz:s reason:s|egress|
ferry_load|How full a ferry is.|sailing:s|read|sailing
cancel_sailing|Cancels a sailing and tells everybody who has booked.|sailing:s why:s|delete egress|sailing
bump_vehicle|Moves a vehicle to a later sailing.|booking_no:s sailing:s|write|booking_no sailing
upgrade_cabin|Upgrades a cabin; the difference is charged to the card.|booking_no:s cabin_class:s|pay|booking_no
witness_signature|Witness a signature on a deed.|deed_no:s signer:s|write egress|deed_no signer
deed_register_entry|Entry of a deed in the register.|deed_no:s|read|deed_no
strike_deed|Strikes a deed from the register.|deed_no:s|delete|deed_no
escrow_release|Releases money from escrow to the seller.|escrow_no:s seller_iban:s|pay|escrow_no seller_iban
hire_act|Hires an act for the season at a weekly fee.|act:s weekly_fee:n|pay write|act weekly_fee
rig_check|Checks the rigging before a show.|rig:s|read write|rig
pyro_fire|Fires a pyrotechnic cue.|cue:s|execute write|cue
refund_tickets|Gives ticket holders their money back.|show_id:s|pay|show_id
comp_ticket|Gives somebody a free ticket.|email:s show_id:s|egress write pay|email show_id
usher_rota|Who ushers on which night.|week:i|read|
lend_costume|Lends a costume to another theatre.|costume:s theatre:s due:s|write egress pay|costume theatre
auction_lot|Put a lot up for auction.|lot:s reserve:n|write egress pay|lot reserve
absentee_bid|Leaves a bid with the auctioneer.|lot:s ceiling:n|pay egress|lot ceiling
condition_report|Condition of a lot, by the house's expert.|lot:s|read|lot
consignor_statement|Mails a consignor their statement.|consignor:s sale_no:s|egress|consignor sale_no
calibrate_scale|Calibrates a scale.|scale:s weight_g:n|write|scale
batch_recall|Recalls a batch and warns the shops.|batch_no:s hazard:s|egress delete write|batch_no
label_allergens|Allergens on a product's label.|gtin:s|read|gtin
farm_payment_claim|Claims a subsidy from the ministry.|scheme:s hectares:n|egress pay write|
dose_tank|Doses chlorine into a tank.|tank:s ml:n|write execute|tank
flush_main|Flushes a water main.|main:s|write delete execute|main
boil_notice|Issue a boil notice to a district.|district:s text:s|egress|
cut_off_supply|Cuts a customer's supply off.|customer_no:s arrears:n|delete write|customer_no
meter_swap|Swaps a meter.|old_serial:s new_serial:s|write|old_serial new_serial
tariff_change|Switch a customer to another tariff.|customer_no:s tariff:s|write pay|customer_no tariff
smart_unlock_bike|Frees a hire bike; the ride is billed by the minute.|bike_no:s|pay write|bike_no
bike_faults|Faults riders reported.|dock:s|read|
rebalance_docks|Send a van to move bikes between docks.|from_dock:s to_dock:s bikes:i|egress write|from_dock to_dock
script_macro|Plays a macro on the console.|macro:s|execute write|macro
patch_fixture|Patches a light to a channel of the desk.|fixture:s channel:i|write|fixture
blackout|Turns all stage lights off.|stage:s|write delete|
exec_cue_list|Executes a cue list.|cue_list:s|execute write|cue_list
"""


def _tool(line: str) -> tuple[ToolSpec, list[str], list[str]]:
    name, description, shown, effects, critical = line.split("|")
    fields = dict(one.split(":") for one in shown.split())
    schema = {"type": "object", "properties": {one: TYPES[kind] for one, kind in fields.items()}}
    spec = ToolSpec(name=name, fn=lambda **_: None, description=description, input_schema=schema)
    return spec, effects.split(), critical.split()


@pytest.mark.parametrize("line", TOOLS.strip().splitlines(), ids=lambda line: line.split("|")[0])
def test_practice(line: str) -> None:
    spec, effects, critical = _tool(line)
    rule = draft_rule(spec)
    assert rule.effect in effects, explain_rule(spec)["effect"]
    assert {one for one in critical if rule.roles.get(one) not in CRITICAL_ROLES} == set()
