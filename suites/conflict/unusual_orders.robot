*** Settings ***
Documentation    Entries with other alphabets, and edits around a kill: what is shown is what was written last.

Resource         ../../resources/sync.resource

Test Tags        conflict    L-3.1    priority:high


*** Test Cases ***
An edit that was made offline outlasts a kill
    [Documentation]    It still builds on the version that it was made from, so that there is no conflict.
    Given Alice and Bob are syncing
      And Bob writes "milk" into entry "shopping"
      And Alice and Bob should show "milk" in entry "shopping" within 10 seconds
      And Alice goes offline
     When Alice writes "milk and eggs" into entry "shopping"
      And Alice is killed
      And Alice starts again after 2 seconds
      And Alice comes online
     Then Alice and Bob should show "milk and eggs" in entry "shopping" within 30 seconds
      And Alice and Bob should have no conflict in entry "shopping"

An entry is named in another alphabet
    [Documentation]    What the relay keeps is what was said, to the letter.
    Given Alice and Bob are syncing
      And Bob goes offline
     When Alice writes "Grüße an 世界" into entry "Einkäufe 🛒"
      And Bob comes online
     Then Alice and Bob should show "Grüße an 世界" in entry "Einkäufe 🛒" within 30 seconds

An entry is written again after its deletion
    [Documentation]    A deletion is an edit like another: what is written on top of it is shown.
    Given Alice and Bob are syncing
      And Bob writes "milk" into entry "shopping"
      And Alice and Bob should show "milk" in entry "shopping" within 10 seconds
     When Bob deletes entry "shopping"
      And Bob writes "eggs" into entry "shopping"
     Then Alice and Bob should show "eggs" in entry "shopping" within 30 seconds
      And Alice and Bob should have no conflict in entry "shopping"

An edit on top of one that only the relay has
    [Documentation]    Alice's first edit was acknowledged, and not yet in what she catches up on; she was killed
    ...                meanwhile. The second one is another version, not the same once more.
    Given Alice and Bob are syncing
      And Alice goes offline
      And Bob sends 100 messages of 24 KB
     When Alice starts catching up over a link of 50 KB/s
      And Alice writes "milk" into entry "shopping"
      And Alice is killed after she has sent 1 message
      And Alice starts again after 1 second
     Then 0 messages of Alice should wait to be pushed
     When Alice writes "milk and eggs" into entry "shopping"
     Then Alice and Bob should show "milk and eggs" in entry "shopping" within 90 seconds
