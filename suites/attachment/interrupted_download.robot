*** Settings ***
Documentation    An attachment is on its way to a device when that device goes away.

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.2    priority:medium


*** Test Cases ***
The network is cut in the middle of a download
    [Documentation]    What had come stays, and the rest is put behind it.
    Given Alice and Bob are syncing
      And Bob's bandwidth is limited to 100 KB/s
     When Alice sends a message with an attachment of 1 MB
      And Bob's network is cut in the middle of the download
      And Bob's network is restored after 5 seconds
     Then Bob should have all attachments within 60 seconds
      And nobody should ever have seen a part of an attachment

A device goes offline in the middle of a download
    [Documentation]    Who is told to disconnect gives a download up for now, and not for good.
    Given Alice and Bob are syncing
      And Bob's bandwidth is limited to 100 KB/s
     When Alice sends a message with an attachment of 1 MB
      And Bob goes offline in the middle of the download
      And Bob comes online
     Then Bob should have all attachments within 60 seconds
      And nobody should ever have seen a part of an attachment

A gateway answers 502 in the middle of a download
    [Documentation]    Its page says nothing of the attachment, which is fetched to its end once requests pass again.
    Given Alice and Bob are syncing
      And Bob's bandwidth is limited to 200 KB/s
     When Alice sends a message with an attachment of 1 MB
      And Bob's gateway answers 502 in the middle of the download
      And Bob should have scheduled retries
      And Bob's gateway passes requests on again after 10 seconds
     Then Bob should have all attachments within 60 seconds
